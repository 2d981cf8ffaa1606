package view

import (
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
func TrayOf(b words.Book, s agent.Snapshot) Tray {
	t := Tray{Icon: IconOf(s), Tooltip: tooltip(b, s)}
	t.Menu = append(t.Menu, MenuItem{Text: t.Tooltip})
	session := s.UID != ""
	if session && s.Phase != agent.ChoosingRole {
		if s.Role != nil {
			t.Menu = append(t.Menu, MenuItem{Text: RoleName(*s.Role)}, MenuItem{Text: s.Role.OrgName})
		}
		if !s.Since.IsZero() {
			t.Menu = append(t.Menu, MenuItem{Text: hours(b, s)})
		}
	}
	t.Menu = append(t.Menu, MenuItem{}, MenuItem{b.Text(words.Open), ShowDesk})
	on := s.Phase == agent.SignedOn || s.Phase == agent.Offline || s.Phase == agent.ChoosingRole
	if on && len(s.Roles) > 1 {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.ChangeRole), ChangeRole})
	}
	if s.Phase == agent.SignedOn {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.SignOnAgain), Renew})
	}
	if s.Phase == agent.NoCard && s.Card != nil && !s.Unlock {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.SignOn), Retry})
	}
	if s.Phase == agent.Offline {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.TryNow), TryNow})
	}
	if session {
		t.Menu = append(t.Menu, MenuItem{b.Text(words.SignOut), SignOut})
	}
	t.Menu = append(t.Menu, MenuItem{}, MenuItem{b.Text(words.Quit), Quit})
	return t
}

func tooltip(b words.Book, s agent.Snapshot) string {
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
