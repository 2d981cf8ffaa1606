package view_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

func cardIn() *agent.CardView {
	return &agent.CardView{Gen: 7, Token: "ab124417", Label: "Grace Okafor", Retries: 3}
}

func wrong(c failure.Code, retries int) *agent.Problem {
	return &agent.Problem{Code: c, Retries: retries}
}

// keypadIn is a card in a reader with keys of its own.
func keypadIn() *agent.CardView {
	c := cardIn()
	c.Keypad = true
	return c
}

func nurse() agent.Snapshot {
	roles := []agent.RoleView{
		{ID: "1", Name: `"Clinical":"Clinical Provision":"Nurse Access Role"`, OrgName: "Llandough", OrgCode: "ZZ901"},
		{ID: "2", Name: `"Non-Clinical":"Admin":"Clerk"`, OrgName: "Ysbyty Gwynedd", OrgCode: "ZZ902"},
	}
	return agent.Snapshot{
		Phase: agent.SignedOn, UID: "900000000017", UserName: "Grace Okafor", Card: cardIn(), Roles: roles, Role: &roles[0],
		Links: agent.Links{Card: agent.LinkOK, Reader: agent.LinkOK, Network: agent.LinkOK, Server: agent.LinkOK, Directory: agent.LinkOK},
	}
}

func TestWindowOf(t *testing.T) {
	for _, c := range []struct {
		name string
		s    agent.Snapshot
		want view.Window
	}{
		{"empty desk", agent.Snapshot{Phase: agent.NoCard}, view.Rest},
		{"reading", agent.Snapshot{Phase: agent.Reading, Card: cardIn()}, view.PINWindow},
		{"asked", agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: cardIn()}, view.PINWindow},
		{"wrong", agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: cardIn(), Problem: wrong(failure.PINWrong, 2)}, view.PINWindow},
		{"server away while asked", agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: cardIn(), Problem: wrong(failure.ServerDown, -1)}, view.PINWindow},
		{"signing", agent.Snapshot{Phase: agent.SigningOn, Card: cardIn()}, view.PINWindow},
		{"locked card", agent.Snapshot{Phase: agent.NoCard, Card: cardIn(), Problem: wrong(failure.PINLocked, 0)}, view.TroubleWindow},
		{"expired", agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: cardIn(), Problem: wrong(failure.CardExpired, -1)}, view.TroubleWindow},
		{"cancelled", agent.Snapshot{Phase: agent.NoCard, Card: cardIn(), Problem: wrong(failure.UserAbort, -1)}, view.Rest},
		{"card pulled in the middle", agent.Snapshot{Phase: agent.NoCard, Problem: wrong(failure.CardRemoved, -1)}, view.Rest},
		{"roles", agent.Snapshot{Phase: agent.ChoosingRole, Card: cardIn()}, view.RoleWindow},
		{"signed on", nurse(), view.Rest},
		{"renewing, asked", agent.Snapshot{Phase: agent.Renewing, PINWanted: true, Card: cardIn()}, view.PINWindow},
		{"on the reader's keys", agent.Snapshot{Phase: agent.SigningOn, Card: keypadIn(), Keypad: &agent.KeypadView{}}, view.PINWindow},
		{"on the reader's keys, soon", agent.Snapshot{Phase: agent.NeedPIN, Card: keypadIn()}, view.PINWindow},
		{"on the reader's keys, wrong", agent.Snapshot{Phase: agent.NeedPIN, Card: keypadIn(), Problem: wrong(failure.PINWrong, 2)}, view.PINWindow},
		{"on the reader's keys, renewing", agent.Snapshot{Phase: agent.Renewing, Card: keypadIn(), Keypad: &agent.KeypadView{}}, view.PINWindow},
		{"on the reader's keys, wrong while renewing", agent.Snapshot{Phase: agent.Renewing, Card: keypadIn(), Problem: wrong(failure.PINWrong, 2)}, view.PINWindow},
		{"renewing", agent.Snapshot{Phase: agent.Renewing, Card: keypadIn()}, view.Rest},
		{"locked desk", agent.Snapshot{Phase: agent.Locked, UserName: "x"}, view.Rest},
	} {
		if got, _ := view.WindowOf(c.s); got != c.want {
			t.Errorf("%s: window %d, want %d", c.name, got, c.want)
		}
	}
}

// TestEveryTroubleHasAWayOut holds that each window of this kind has a title, a
// next step and a button, in both languages.
func TestEveryTroubleHasAWayOut(t *testing.T) {
	for _, l := range []words.Language{words.English, words.Welsh} {
		for _, e := range failure.All() {
			v := view.TroubleOf(words.In(l), agent.Snapshot{Phase: agent.NoCard, Card: cardIn(), Problem: wrong(e.Code, 0)}, view.Options{}, false)
			if v.Title == "" || v.First == "" || v.Other.Text == "" || v.Code != string(e.Code) || strings.HasSuffix(v.Title, ".") {
				t.Errorf("%s %s: %+v", l, e.Code, v)
			}
			if e.Known != "" && !strings.Contains(v.Known, e.Known) {
				t.Errorf("%s: known as %q", e.Code, v.Known)
			}
		}
	}
}

func TestRoles(t *testing.T) {
	s := nurse()
	s.Phase = agent.ChoosingRole
	s.Role = nil
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	s.Roles[0].LastUsed, s.Roles[1].LastUsed = now.Add(-4*time.Hour), now.Add(-30*time.Hour)
	v := view.RolesOf(words.Book{}, s, "", now)
	if v.Searched || len(v.Rows) != 2 || v.Rows[0].Used != "Today, 08:00" || v.Rows[1].Used != "Yesterday, 06:00" || v.Other.Action != view.SignOut {
		t.Errorf("few: %+v", v)
	}
	v = view.RolesOf(words.Book{}, s, "nur lla", now)
	want := []view.Span{{Text: "Nur", Match: true}, {Text: "se Access Role"}}
	if len(v.Rows) != 1 || !reflect.DeepEqual(v.Rows[0].Name, want) || v.Count != "1 of 2 roles" {
		t.Errorf("searched: %+v", v)
	}
	v = view.RolesOf(words.Book{}, s, "zz9999", now)
	if v.None == nil || v.Filled.Action != view.ClearSearch {
		t.Errorf("no match: %+v", v)
	}
	v = view.RolesOf(words.Book{}, nurse(), "", now)
	if v.Other.Action != view.Dismiss || !v.Rows[0].Current {
		t.Errorf("a change of role can be thought better of: %+v", v)
	}
}

func TestSpansHoldTheWholeText(t *testing.T) {
	s := nurse()
	s.Roles[0].OrgName = "İstanbul Ysbyty" // a letter whose small form is longer
	for _, typed := range []string{"a", "aa", "ysb", "n u r s e", "istan", "·", "(", "zz901"} {
		for _, r := range view.RolesOf(words.Book{}, s, typed, time.Now()).Rows {
			text := ""
			for _, p := range r.Place {
				text += p.Text
			}
			if !strings.HasSuffix(text, string("· ZZ901")) && !strings.HasSuffix(text, "· ZZ902") {
				t.Errorf("%q: place became %q", typed, text)
			}
		}
	}
}

func TestSession(t *testing.T) {
	b, now := words.Book{}, time.Now()
	v := view.SessionOf(b, nurse(), view.Options{}, now)
	if v.Person == nil || v.Person.Initials != "GO" || v.Person.Place != "Llandough · ZZ901" || v.Filled != (view.Button{}) {
		t.Errorf("signed on: %+v", v)
	}
	off := nurse()
	off.Phase, off.NextTry = agent.Offline, now.Add(17500*time.Millisecond)
	off.Problem = wrong(failure.NetDown, -1)
	off.Links.Network, off.Links.Server, off.Links.Directory = agent.LinkBroken, agent.NotReached, agent.NotReached
	v = view.SessionOf(b, off, view.Options{}, now)
	if v.Note == nil || v.Note.Title != "The network does not answer" || !strings.HasSuffix(v.Note.Sentence, "Next try in 18 seconds.") || v.NoteDo[0].Action != view.TryNow {
		t.Errorf("offline: %+v", v.Note)
	}
	states := ""
	for _, l := range v.Links {
		states += l.State + ", "
	}
	if states != "In, Working, No answer, Not reached, Not reached, " {
		t.Errorf("chain: %s", states)
	}
	if v := view.SessionOf(b, agent.Snapshot{Phase: agent.NoCard, Card: cardIn(), Problem: wrong(failure.UserAbort, -1)}, view.Options{}, now); v.Filled.Action != view.Retry {
		t.Errorf("card in, nobody signed on: %+v", v)
	}
	for p := agent.NoReader; p <= agent.Locked; p++ {
		v := view.SessionOf(b, agent.Snapshot{Phase: p, UserName: "Grace Okafor"}, view.Options{}, now)
		if (v.Rest == nil) == (v.Person == nil) || len(v.Links) != 5 {
			t.Errorf("%v: %+v", p, v)
		}
	}
}

func TestTray(t *testing.T) {
	b := words.Book{}
	icons := map[view.Icon]bool{}
	for _, c := range []struct {
		s    agent.Snapshot
		icon view.Icon
		has  view.Action
	}{
		{agent.Snapshot{Phase: agent.NoReader, Problem: wrong(failure.ReaderNone, -1)}, view.NoReaderIcon, view.ShowDesk},
		{agent.Snapshot{Phase: agent.NoReader, Problem: wrong(failure.ReaderService, -1)}, view.TroubleIcon, view.ShowDesk},
		{agent.Snapshot{Phase: agent.NoCard}, view.NoCardIcon, view.Quit},
		{agent.Snapshot{Phase: agent.NoCard, Card: cardIn()}, view.NoCardIcon, view.Retry},
		{agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: cardIn()}, view.SigningOnIcon, view.ShowDesk},
		{nurse(), view.SignedOnIcon, view.ChangeRole},
		{agent.Snapshot{Phase: agent.Locked, UID: "1"}, view.LockedIcon, view.SignOut},
		{agent.Snapshot{Phase: agent.Offline, UID: "1"}, view.TroubleIcon, view.TryNow},
	} {
		v := view.TrayOf(b, c.s, view.Options{})
		found := false
		for _, i := range v.Menu {
			found = found || i.Action == c.has
		}
		if v.Icon != c.icon || !found || v.Tooltip == "" {
			t.Errorf("%v: %+v", c.s.Phase, v)
		}
		icons[v.Icon] = true
	}
	if len(icons) != 6 {
		t.Errorf("%d icons, want 6", len(icons))
	}
	later := nurse()
	later.Grants = []agent.Grant{{Application: "Records"}}
	if !reflect.DeepEqual(view.TrayOf(b, nurse(), view.Options{}), view.TrayOf(b, later, view.Options{})) {
		t.Error("the menu is rebuilt for a change that it does not show")
	}
}

// TestLockedCardNamesWhoHelps: also where the card can be unlocked here.
func TestLockedCardNamesWhoHelps(t *testing.T) {
	for _, can := range []bool{false, true} {
		s := agent.Snapshot{Phase: agent.NoCard, Card: cardIn(), Problem: wrong(failure.PINLocked, 0), Care: agent.Care{CanUnblock: can}}
		v := view.TroubleOf(words.Book{}, s, view.Options{}, false)
		if !strings.Contains(v.First+" "+v.Then, "Registration Authority") {
			t.Errorf("unblocking %v: %q %q", can, v.First, v.Then)
		}
	}
}
