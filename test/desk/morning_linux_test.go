package desk

import (
	"testing"

	"lanyard/test/realmtest"
)

// TestMorning is the way from the card to the work under each window manager:
// another program has the whole screen and the keyboard when the card goes in.
func TestMorning(t *testing.T) {
	for _, manager := range []string{"xfwm4", "openbox", "metacity"} {
		t.Run(manager, func(t *testing.T) {
			r := newRig(t, desktop{manager: manager, tray: true})
			s := newStation(r, setting{})
			s.says("No card")
			p := s.card(grace, "Grace Okafor")
			resting := s.picture()
			r.fullScreen()

			p.in("slow 500ms read\n")
			s.window(asks)
			pin := realmtest.PIN()
			s.types(pin[:4])
			if phase := s.state().Phase; phase != "reading" {
				t.Errorf("the first digits were typed while the desk was at %q: the card is not slow enough", phase)
			}
			s.phase("need-pin")
			s.types(pin[4:])
			s.submit()
			s.window(roles)
			s.types("mun")
			s.press("Return")
			s.phase("signed-on")
			s.gone(roles)
			s.says("MOORVALE COMMUNITY CARE")
			s.until("another icon", func() bool { return s.picture() != resting })
			s.until("the keyboard back at the other program", func() bool { return s.front() == "Ward list" })

			if manager == "xfwm4" {
				s.run("xdotool", "search", "--name", "^Ward list$", "windowminimize")
				s.click("Change role...")
			} else {
				s.choose("Change role...")
			}
			s.window(roles)
			s.types("pract")
			s.press("Return")
			s.says("Clinical Practitioner Access Role")
			if phase := s.state().Phase; phase != "signed-on" {
				t.Errorf("after the change of role the desk is at %q", phase)
			}

			s.out()
			s.says("No card")
			s.until("the first icon", func() bool { return s.picture() == resting })
			s.until("the end of the session", func() bool { return s.realm.Live(t, grace) == 0 })
			if n := s.sent.Load(); n != 1 {
				t.Errorf("the card was given %d passcodes, want the one that was typed", n)
			}
		})
	}
}
