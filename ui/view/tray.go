package view

import (
	"slices"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

// Icon is a picture of a state, told apart by its shape.
type Icon int

// The icons.
const (
	NoReaderIcon Icon = iota
	NoCardIcon
	SigningOnIcon
	SignedOnIcon
	LockedIcon
	TroubleIcon
)

// String names an icon as its file is named.
func (i Icon) String() string {
	return [...]string{"no-reader", "no-card", "signing-on", "signed-on", "locked", "trouble"}[i]
}

// IconOf is the icon of a state.
func IconOf(s agent.Snapshot) Icon {
	switch {
	case s.Phase == agent.Locked:
		return LockedIcon
	case s.Looking: // nothing is known of readers yet
		return NoCardIcon
	case s.Phase == agent.Offline, troubled(s):
		return TroubleIcon
	case s.Phase == agent.NoReader:
		if s.Problem != nil && s.Problem.Code != failure.ReaderNone {
			return TroubleIcon
		}
		return NoReaderIcon
	case s.Phase == agent.NoCard:
		return NoCardIcon
	case s.Phase == agent.SignedOn:
		return SignedOnIcon
	default:
		return SigningOnIcon
	}
}

// Tray is the icon in the tray, and its menu. Two trays are compared with
// reflect.DeepEqual: a menu is only rebuilt when its model differs.
type Tray struct {
	Icon    Icon
	Tooltip string
	Menu    []MenuItem
}

// MenuItem is a line of the menu: a separator where the text is empty, a line
// to read where there is no action.
type MenuItem struct {
	Text   string
	Action Action
}

// TrayOf makes the tray.
func TrayOf(b words.Book, s agent.Snapshot, o Options) Tray {
	t := Tray{Icon: IconOf(s), Tooltip: tooltip(b, s)}
	t.Menu = append(t.Menu, MenuItem{Text: t.Tooltip})
	if s.UID != "" && s.Phase != agent.ChoosingRole {
		t.Menu = append(t.Menu, whoItems(b, s)...)
	}
	t.Menu = append(t.Menu, MenuItem{}, MenuItem{b.Text(words.Open), ShowDesk})
	t.Menu = append(t.Menu, sessionItems(b, s)...)
	t.Menu = append(t.Menu, MenuItem{})
	more := len(t.Menu)
	if s.Card != nil && s.Card.Token != "" {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.TrayCard), ShowCare})
	}
	if o.Diagnostics {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.TrayDiagnostics), ShowDiagnostics})
	}
	if o.Settings {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.TraySettings), ShowSettings})
	}
	if len(t.Menu) > more {
		t.Menu = append(t.Menu, MenuItem{})
	}
	t.Menu = append(t.Menu, MenuItem{b.Text(words.Quit), Quit})
	return t
}

// TraylessOf are what only the menu of the tray would lead to, for a desktop
// without one: what the window itself lacks. Nobody quits under a person who
// is signed on.
func TraylessOf(b words.Book, s agent.Snapshot, o Options, v Session) []Button {
	has := func(a Action) bool {
		all := slices.Concat(v.Left, v.Right, v.NoteDo, []Button{v.Filled})
		return slices.ContainsFunc(all, func(b Button) bool { return b.Action == a })
	}
	var rest []Button
	for _, i := range TrayOf(b, s, o).Menu {
		if i.Action == ShowDesk || i.Action == Quit && s.UID != "" || has(i.Action) || i.Action == NoAction {
			continue
		}
		rest = append(rest, Button(i))
	}
	return rest
}

// whoItems say in which role the person is signed on, where and for how long.
func whoItems(b words.Book, s agent.Snapshot) []MenuItem {
	var items []MenuItem
	if s.Role != nil {
		items = append(items, MenuItem{Text: RoleName(*s.Role)}, MenuItem{Text: s.Role.OrgName})
		items = slices.DeleteFunc(items, func(i MenuItem) bool { return i.Text == "" }) // which would be a separator
	}
	if !s.Since.IsZero() {
		items = append(items, MenuItem{Text: hours(b, s)})
	}
	return items
}

// sessionItems are what can be done about the session, or to begin one.
func sessionItems(b words.Book, s agent.Snapshot) []MenuItem {
	var items []MenuItem
	add := func(k words.Key, a Action) { items = append(items, MenuItem{b.Text(k), a}) }
	works := s.Phase == agent.SignedOn || s.Phase == agent.Offline
	if (works || s.Phase == agent.ChoosingRole) && len(s.Roles) > 1 {
		add(words.ChangeRole, ChangeRole)
	}
	switch {
	case s.Phase == agent.SignedOn:
		add(words.SignOnAgain, Renew)
	case s.Phase == agent.Offline:
		add(words.TryNow, TryNow)
	case s.Phase == agent.NoCard && s.Card != nil && !s.Unlock:
		add(words.SignOn, Retry)
	case s.Phase == agent.Locked && s.Card != nil:
		add(words.UnlockDesk, Retry)
	}
	if works {
		add(words.LockNow, LockDesk)
	}
	if s.UID != "" {
		add(words.SignOut, SignOut)
	}
	return items
}

func tooltip(b words.Book, s agent.Snapshot) string {
	if s.Looking && s.UID == "" {
		return b.Text(words.TrayStarting)
	}
	switch IconOf(s) {
	case NoReaderIcon:
		return b.Text(words.TrayNoReader)
	case NoCardIcon:
		return b.Text(words.TrayNoCard)
	case SignedOnIcon:
		return b.Text(words.TraySignedOn, "name", owner(s))
	case LockedIcon:
		return b.Text(words.TrayLocked, "name", owner(s))
	case TroubleIcon:
		return trimStop(StatusOf(b, s).Title)
	default:
		return b.Text(words.TraySigningOn)
	}
}
