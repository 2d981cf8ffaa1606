package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// works is a desk at which somebody works who is signed on in other places.
func works(change ...func(*agent.Snapshot)) agent.Snapshot {
	at := time.Date(2026, 11, 24, 7, 40, 0, 0, time.Local)
	return in(agent.SignedOn, 2, append([]func(*agent.Snapshot){roles(3), func(s *agent.Snapshot) {
		s.Role, s.Since, s.Until = &s.Roles[0], at, at.Add(10*time.Hour)
		s.Grants = []agent.Grant{{Application: "Clinical record", At: at}, {Application: "Appointments", At: at}}
		s.Places = agent.PlacesView{At: at, Others: []broker.Place{
			{ID: "a", Device: "Treatment room 2", Created: at}, {ID: "b", Device: "Treatment room 2", Created: at.Add(-30 * time.Hour)},
		}}
	}}, change...)...)
}

// at opens the desk's window.
func (h *hand) at(s agent.Snapshot) *hand {
	h.s.show(s)
	h.s.desk.open()
	return h
}

func (h *hand) canvas() fyne.Canvas { return h.s.desk.frame.window.Canvas() }

// tab moves the focus on and returns what the button says that has it.
func (h *hand) tab() string {
	h.t.Helper()
	h.canvas().FocusNext()
	b, ok := h.canvas().Focused().(*widget.Button)
	if !ok {
		h.t.Fatalf("%T has the focus", h.canvas().Focused())
	}
	return b.AccessibilityLabel()
}

func TestOtherPlacesAreLookedForWhenTheWindowOpens(t *testing.T) {
	h := sitDown(t)
	h.s.show(works())
	h.want("")
	h.at(works()).want("LookForPlaces {}")
	h.s.show(works())
	h.want("")
	h.s.desk.open()
	h.want("LookForPlaces {}")
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	h.s.show(works())
	h.want("LookForPlaces {}")
}

func TestSignOutThere(t *testing.T) {
	h := sitDown(t).at(works())
	h.want("LookForPlaces {}")
	if label := h.tab(); label != "Sign out at Treatment room 2, 07:40" {
		t.Errorf("first: %s", label)
	}
	if label := h.tab(); label != "Sign out at Treatment room 2, Yesterday, 01:40" && !strings.HasPrefix(label, "Sign out at Treatment room 2, 2") {
		t.Errorf("second: %s", label)
	}
	h.canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	h.want("EndPlace {ID:b}")
	h.s.show(works(func(s *agent.Snapshot) { s.Places.Ending = "b" }))
	h.s.show(works(func(s *agent.Snapshot) { s.Places.Others = s.Places.Others[:1] }))
	if f := h.canvas().Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	h.want("")
}

func TestKeysOfTheDesk(t *testing.T) {
	h := sitDown(t).at(works())
	h.want("LookForPlaces {}")
	h.s.desk.shortcut(view.LockDesk)
	h.want("Lock {}")
	h.s.desk.shortcut(view.SignOut)
	h.want("SignOut {}")
	h.s.desk.shortcut(view.ChangeRole)
	if h.s.prompt.asked.window != view.RoleWindow {
		t.Error("the shortcut does not open the roles")
	}
	h.canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if h.s.desk.frame.shown {
		t.Error("Escape does not hide the window")
	}
	h.want("")

	h = sitDown(t).at(agent.Snapshot{Phase: agent.NoCard})
	for _, a := range []view.Action{view.LockDesk, view.SignOut, view.ChangeRole} {
		h.s.desk.shortcut(a)
	}
	h.want("")

	h = sitDown(t).at(in(agent.Locked, 2, func(s *agent.Snapshot) { s.UID, s.UserName = "1", "Grace Okafor" }))
	h.canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
	h.want("AskPIN {}")
}

func TestWithoutATrayTheWindowStays(t *testing.T) {
	h := sitDown(t)
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	h.s.setHosted(false)
	if !h.s.desk.frame.shown {
		t.Fatal("there is no way to the desk")
	}
	h.s.desk.close()
	h.canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !h.s.desk.frame.shown {
		t.Error("the only way to the desk went away")
	}
	h.want("")
	h.s.setHosted(true)
	h.s.desk.close()
	if h.s.desk.frame.shown {
		t.Error("the window does not go into the tray that came")
	}
}

// TestTheScrolledPageStays holds that the countdown of a large page does not
// take a person back to its top, and that what has the focus is to be seen.
func TestTheScrolledPageStays(t *testing.T) {
	h := newHand(t, words.Welsh, theme.Light(), 2).at(works())
	f := h.s.desk.frame
	if f.scroll == nil {
		t.Fatal("the page fits, and the test shows nothing")
	}
	h.tab()
	if f.scroll.Offset.Y == 0 {
		t.Error("the button that has the focus is out of sight")
	}
	h.tab()
	at := f.scroll.Offset
	h.s.show(works(func(s *agent.Snapshot) { s.Seq = 9 }))
	if f.scroll.Offset != at || at.Y == 0 {
		t.Errorf("the page went from %v to %v", at, f.scroll.Offset)
	}
}

// deskStates are what the desk's window and the one of trouble can show.
func deskStates() map[string]agent.Snapshot {
	states := map[string]agent.Snapshot{
		"works":    works(),
		"starting": {Looking: true},
		"renewing": works(func(s *agent.Snapshot) { s.Phase = agent.Renewing }),
		"away": works(func(s *agent.Snapshot) {
			s.Phase, s.NextTry, s.Owed = agent.Offline, time.Now().Add(time.Hour), 3
			s.Problem, s.Links.Network = &agent.Problem{Code: failure.NetDown}, agent.LinkBroken
		}),
		"ends soon": works(func(s *agent.Snapshot) { s.Card.Expires = time.Date(2026, 11, 29, 0, 0, 0, 0, time.Local) }),
		"long names": works(func(s *agent.Snapshot) {
			s.Places.Others[0].Device = "XM-MOORVALE-OUTPATIENTS-RECEPTION-0000000001"
			s.Places.Ending, s.Places.Others = "b", append(s.Places.Others, broker.Place{ID: "c"}, broker.Place{ID: "d"}, broker.Place{ID: "e"})
			s.Grants = slices.Repeat([]agent.Grant{{Application: "A clinical record with a very long name that goes on and on"}}, 9)
		}),
		"places unknown": works(func(s *agent.Snapshot) {
			s.Places = agent.PlacesView{Problem: &agent.Problem{Code: failure.RevocationUnknown}}
		}),
		"locked":      in(agent.Locked, 2, func(s *agent.Snapshot) { s.UID, s.UserName = "1", "Małgorzata Kaczyńska-Gąsior" }),
		"locked away": {Phase: agent.Locked, UID: "1", UserName: "Małgorzata Kaczyńska-Gąsior"},
	}
	for _, c := range []failure.Code{failure.PINLocked, failure.CardExpired, failure.UserUnknown} {
		states["ring "+string(c)] = in(agent.NoCard, 9, tries(0, c))
		states["unblock "+string(c)] = in(agent.NoCard, 9, tries(0, c), func(s *agent.Snapshot) { s.Care.CanUnblock = true })
	}
	return states
}

// TestTheDeskFitsAndCanBeRead draws what the desk shows in both languages, at
// both ends of the text sizes: nothing is wider than its window, every control
// has a name of its own, and what the desktop lacks is said.
func TestTheDeskFitsAndCanBeRead(t *testing.T) {
	for _, l := range []words.Language{words.English, words.Welsh} {
		for _, scale := range []float32{1, 1.3, 2} {
			h := newHand(t, l, theme.Contrast(), scale)
			h.s.probed, h.s.hosted, h.s.notices.probed = true, false, true
			h.s.desk.frame.shown = true
			for name, s := range deskStates() {
				h.s.show(s)
				if strings.HasPrefix(name, "ring ") {
					h.s.prompt.act(view.WhoToRing)
				}
				for _, f := range []*frame{h.s.prompt.frame, h.s.desk.frame} {
					need, is := f.root.MinSize().Width, f.window.Canvas().Size().Width
					if need > is+0.5 {
						t.Errorf("%s, %v: %s is %.0f wide and needs %.0f", l, scale, name, is, need)
					}
					named(t, fmt.Sprintf("%s, %v: %s", l, scale, name), f.root)
				}
			}
		}
	}
}

// named holds that every control has a name, and no two the same.
func named(t *testing.T, where string, root fyne.CanvasObject) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range controls(root) {
		a, ok := c.(interface{ AccessibilityLabel() string })
		if !ok || a.AccessibilityLabel() == "" {
			t.Errorf("%s: %T has no name", where, c)
			continue
		}
		if label := a.AccessibilityLabel(); seen[label] {
			t.Errorf("%s: two controls are called %q", where, label)
		}
		seen[a.AccessibilityLabel()] = true
	}
}

// controls are what of a tree can have the focus.
func controls(o fyne.CanvasObject) []fyne.Focusable {
	var all []fyne.Focusable
	if f, ok := o.(fyne.Focusable); ok {
		all = append(all, f)
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			all = append(all, controls(inner)...)
		}
	case *container.Scroll:
		all = append(all, controls(o.Content)...)
	case fyne.Widget:
		for _, inner := range test.WidgetRenderer(o).Objects() {
			all = append(all, controls(inner)...)
		}
	}
	return all
}
