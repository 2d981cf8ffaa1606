package desk

import "testing"

// TestTrayComesLate holds that the desk's window is the way in where no tray
// shows icons, and that a host that comes later is found.
func TestTrayComesLate(t *testing.T) {
	r := newRig(t, desktop{})
	s := newStation(r, setting{})
	s.window(desk)
	s.signOn(s.card(grace, "grace"))
	s.until("the desk's window", func() bool { return s.sees(desk) })
	r.xfconf()
	r.tray()
	s.says("MOORVALE TEACHING HOSPITALS NHS TRUST")
	s.empty()
	s.says("No card")
}

// TestDesktopLacks holds that a desk without the services of a desktop, or with
// a keyring that does not open, starts, signs on and signs out all the same.
func TestDesktopLacks(t *testing.T) {
	for _, c := range []struct {
		name string
		desktop
	}{
		{"a tray, a keyring and notifications", desktop{}},
		{"an open keyring", desktop{tray: true, ring: lockedRing}},
		{"nothing", desktop{tray: true, notes: true, ring: openRing}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStation(newRig(t, c.desktop), setting{})
			s.signOn(s.card(anwen, "anwen"))
			s.until("a session", func() bool { return s.realm.Live(t, anwen) == 1 })
			s.empty()
			if s.sees("Unlock") {
				t.Error("signing on asks for the keyring's password")
			}
		})
	}
}
