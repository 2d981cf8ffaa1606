package view_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// actions are what buttons ask for, in order.
func actions(some ...view.Button) []view.Action {
	var all []view.Action
	for _, b := range some {
		all = append(all, b.Action)
	}
	return all
}

func TestSessionButtons(t *testing.T) {
	now := time.Now()
	everything := view.Options{Diagnostics: true, Settings: true}
	oneRole := nurse()
	oneRole.Roles = oneRole.Roles[:1]
	renewing := nurse()
	renewing.Phase = agent.Renewing
	away := nurse()
	away.Phase = agent.Offline
	lockedIn := agent.Snapshot{Phase: agent.Locked, UID: "1", UserName: "Grace Okafor", Card: cardIn()}
	lockedOut := lockedIn
	lockedOut.Card = nil
	stranger := lockedIn
	stranger.Card = cardIn()
	stranger.Card.UID = "2"
	for _, c := range []struct {
		name        string
		s           agent.Snapshot
		left, right []view.Action
		note        []view.Action
		filled      view.Action
	}{
		{name: "signed on", s: nurse(), left: []view.Action{view.ChangeRole, view.ShowCare}, right: []view.Action{view.LockDesk, view.SignOut}},
		{name: "one role", s: oneRole, left: []view.Action{view.ShowCare}, right: []view.Action{view.LockDesk, view.SignOut}},
		{name: "renewing", s: renewing, left: []view.Action{view.ChangeRole, view.ShowCare}, right: []view.Action{view.SignOut}},
		{name: "server away", s: away, left: []view.Action{view.ChangeRole, view.ShowCare}, right: []view.Action{view.LockDesk, view.SignOut}, note: []view.Action{view.TryNow, view.ShowDiagnostics}},
		{name: "locked, card in", s: lockedIn, right: []view.Action{view.SignOut}, filled: view.Retry},
		{name: "locked, card out", s: lockedOut, right: []view.Action{view.SignOut}},
		{name: "locked, another's card in", s: stranger, right: []view.Action{view.SignOut}, filled: view.Retry},
		{name: "no card", s: agent.Snapshot{Phase: agent.NoCard}},
		{name: "no reader", s: agent.Snapshot{Phase: agent.NoReader}, right: []view.Action{view.ShowDiagnostics}},
		{name: "just begun", s: agent.Snapshot{Looking: true}},
	} {
		v := view.SessionOf(words.Book{}, c.s, everything, now)
		if !reflect.DeepEqual(actions(v.Left...), c.left) || !reflect.DeepEqual(actions(v.Right...), c.right) ||
			!reflect.DeepEqual(actions(v.NoteDo...), c.note) || v.Filled.Action != c.filled {
			t.Errorf("%s: left %v, right %v, note %v, filled %v", c.name, v.Left, v.Right, v.NoteDo, v.Filled)
		}
	}
}

func TestLockedDesk(t *testing.T) {
	s := agent.Snapshot{Phase: agent.Locked, UID: "1", UserName: "Grace Okafor"}
	out := view.SessionOf(words.Book{}, s, view.Options{}, time.Now()).Rest
	if out.Title != "Put Grace Okafor's card back to go on" || !strings.Contains(out.Second, "Anybody here can sign Grace Okafor out") {
		t.Errorf("card out: %+v", out)
	}
	s.Card, s.Problem = cardIn(), wrong(failure.UserAbort, -1)
	in := view.SessionOf(words.Book{}, s, view.Options{}, time.Now())
	if in.Rest.Title != "Grace Okafor, type your passcode to go on" || in.Filled.Text != "Unlock with passcode" {
		t.Errorf("card in: %+v", in)
	}
}

// TestNothingIsSaidOfReadersBeforeTheyWereLookedAt holds that nobody is told to
// plug in what may be plugged in.
func TestNothingIsSaidOfReadersBeforeTheyWereLookedAt(t *testing.T) {
	b, s := words.Book{}, agent.Snapshot{Looking: true}
	v := view.SessionOf(b, s, view.Options{}, time.Now())
	if tray := view.TrayOf(b, s, view.Options{}); tray.Icon == view.NoReaderIcon || tray.Tooltip != "Lanyard is starting" {
		t.Errorf("tray: %+v", tray)
	}
	if v.Rest == nil || v.Rest.Icon == view.NoReaderIcon || v.Rest.Title != "Looking for the card reader" {
		t.Errorf("window: %+v", v.Rest)
	}
}

func TestPlaces(t *testing.T) {
	b := words.Book{}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.Local)
	s := nurse()
	if v := view.SessionOf(b, s, view.Options{}, now).Places; v.None != "Asking the server..." || len(v.Rows) != 0 {
		t.Errorf("not asked: %+v", v)
	}
	s.Places.At = now
	if v := view.SessionOf(b, s, view.Options{}, now).Places; v.None != "Nowhere else" {
		t.Errorf("none: %+v", v)
	}
	s.Places.Others = []broker.Place{
		{ID: "a", Device: "Treatment room 2", Client: "lanyard", Created: now.Add(-4 * time.Hour)},
		{ID: "b", Client: "lanyard 1.0", Created: now.Add(-26 * time.Hour)},
		{ID: "c", Created: now},
		{ID: "d"},
		{ID: "e"},
	}
	s.Places.Ending = "b"
	v := view.SessionOf(b, s, view.Options{}, now).Places
	want := []view.Place{
		{ID: "a", Name: "Treatment room 2", Since: "08:00", End: view.Button{Text: "Sign out there", Action: view.EndPlace}, Label: "Sign out at Treatment room 2, 08:00"},
		{ID: "b", Name: "lanyard 1.0", Since: "Yesterday, 10:00", End: view.Button{Text: "Signing out..."}, Label: "Sign out at lanyard 1.0, Yesterday, 10:00"},
		{ID: "c", Name: "Another computer", Since: "12:00", End: view.Button{Text: "Sign out there", Action: view.EndPlace}, Label: "Sign out at Another computer, 12:00"},
	}
	if !reflect.DeepEqual(v.Rows, want) || v.More != "and 2 more places" || v.None != "" {
		t.Errorf("five: %+v", v)
	}
	s.Places = agent.PlacesView{Problem: wrong(failure.ServerDown, -1)}
	if v := view.SessionOf(b, s, view.Options{}, now).Places; v.None != "The sign-on server does not answer." || v.Code != "SERVER-DOWN" || v.Again.Action != view.LookForPlaces {
		t.Errorf("the server does not tell: %+v", v)
	}
	s.Places, s.Phase = agent.PlacesView{}, agent.Offline
	if v := view.SessionOf(b, s, view.Options{}, now).Places; v.None != "Not reached" {
		t.Errorf("offline: %+v", v)
	}
}

func TestUsing(t *testing.T) {
	s := nurse()
	for range 8 {
		s.Grants = append(s.Grants, agent.Grant{Application: "Records", At: time.Date(2026, 11, 24, 8, 3, 0, 0, time.Local)})
	}
	v := view.SessionOf(words.Book{}, s, view.Options{}, time.Now()).Using
	if len(v.Grants) != 6 || v.Grants[0] != (view.Grant{Application: "Records", At: "08:03"}) || v.More != "and 2 more" || v.None != "" {
		t.Errorf("%+v", v)
	}
}

func TestMenu(t *testing.T) {
	b := words.Book{}
	menu := func(s agent.Snapshot, o view.Options) string {
		var lines []string
		for _, i := range view.TrayOf(b, s, o).Menu {
			lines = append(lines, i.Text)
		}
		return strings.Join(lines, "|")
	}
	s := nurse()
	s.Since, s.Until = time.Date(2026, 11, 24, 8, 2, 0, 0, time.Local), time.Date(2026, 11, 24, 18, 2, 0, 0, time.Local)
	everything := view.Options{Diagnostics: true, Settings: true}
	for _, c := range []struct {
		name string
		got  string
		want string
	}{
		{"signed on", menu(s, everything), "Signed on: Grace Okafor|Nurse Access Role|Llandough|08:02 to 18:02||Open Lanyard|Change role...|Sign on again|Lock|Sign out||My card...|Diagnostics...|Settings...||Quit"},
		{"without the rest", menu(agent.Snapshot{Phase: agent.NoCard}, view.Options{}), "No card||Open Lanyard||Quit"},
		{"locked", menu(agent.Snapshot{Phase: agent.Locked, UID: "1", UserName: "Grace Okafor"}, everything), "Locked: Grace Okafor||Open Lanyard|Sign out||Diagnostics...|Settings...||Quit"},
		{"locked, card in", menu(agent.Snapshot{Phase: agent.Locked, UID: "1", UserName: "Grace Okafor", Card: cardIn()}, view.Options{}), "Locked: Grace Okafor||Open Lanyard|Unlock with passcode|Sign out||My card...||Quit"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

// TestWithoutATrayTheWindowLeadsEverywhere holds that what the menu of the tray
// offers can be reached once on a desktop without one.
func TestWithoutATrayTheWindowLeadsEverywhere(t *testing.T) {
	b, o := words.Book{}, view.Options{Diagnostics: true, Settings: true}
	for name, s := range map[string]agent.Snapshot{
		"signed on": nurse(), "no card": {Phase: agent.NoCard}, "no reader": {Phase: agent.NoReader},
		"card in": {Phase: agent.NoCard, Card: cardIn()}, "locked": {Phase: agent.Locked, UID: "1", Card: cardIn()},
	} {
		v := view.SessionOf(b, s, o, time.Now())
		reach := actions(slices.Concat(v.Left, v.Right, v.NoteDo, []view.Button{v.Filled}, view.TraylessOf(b, s, o, v))...)
		for _, i := range view.TrayOf(b, s, o).Menu {
			times := 0
			for _, a := range reach {
				if a == i.Action {
					times++
				}
			}
			want := 1
			if i.Action == view.ShowDesk || i.Action == view.Quit && s.UID != "" {
				want = 0
			}
			if i.Action != view.NoAction && times != want {
				t.Errorf("%s: %s is to be reached %d times", name, i.Text, times)
			}
		}
	}
}

func TestTroubleButtons(t *testing.T) {
	b, all := words.Book{}, view.Options{Diagnostics: true}
	for _, c := range []struct {
		code          failure.Code
		unblock       bool
		o             view.Options
		ringing       bool
		filled, other view.Action
	}{
		{failure.CardMute, false, all, false, view.Retry, view.ShowDiagnostics},
		{failure.CardMute, false, view.Options{}, false, view.Retry, view.Dismiss},
		{failure.UserUnknown, false, all, false, view.WhoToRing, view.Dismiss},
		{failure.UserUnknown, false, all, true, view.NoAction, view.Dismiss},
		{failure.PINLocked, true, all, false, view.UnlockCard, view.Dismiss},
		{failure.PINLocked, false, all, false, view.WhoToRing, view.Dismiss},
		{failure.PINLocked, false, view.Options{}, true, view.Retry, view.Dismiss},
		{failure.SessionEnded, false, all, false, view.Retry, view.Dismiss},
		{failure.CardUnsupported, false, all, false, view.ShowDiagnostics, view.Dismiss},
	} {
		s := agent.Snapshot{Phase: agent.NoCard, Card: cardIn(), Problem: wrong(c.code, 0), Care: agent.Care{CanUnblock: c.unblock}}
		v := view.TroubleOf(b, s, c.o, c.ringing)
		if v.Filled.Action != c.filled || v.Other.Action != c.other {
			t.Errorf("%s, unblock %v, %+v, ringing %v: %+v %+v", c.code, c.unblock, c.o, c.ringing, v.Filled, v.Other)
		}
		if says := strings.Contains(v.Ring, string(c.code)) && strings.Contains(v.Ring, v.Title) && strings.Contains(v.Ring, "4417"); says != c.ringing {
			t.Errorf("%s, ringing %v: %q", c.code, c.ringing, v.Ring)
		}
	}
}
