package desk

import (
	"encoding/json"
	"testing"
)

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
		row string // what diagnostics find
	}{
		{"a tray, a keyring and notifications", desktop{}, "none"},
		{"an open keyring", desktop{tray: true, ring: lockedRing}, "look"},
		{"nothing", desktop{tray: true, notes: true, ring: openRing}, "good"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStation(newRig(t, c.desktop), setting{})
			s.signOn(s.card(anwen, "anwen"))
			s.until("a session", func() bool { return s.realm.Live(t, anwen) == 1 })
			s.empty()
			if row := s.examined("keyring"); row != c.row {
				t.Errorf("diagnostics find the keyring %q, want %q", row, c.row)
			}
			if s.sees("Unlock") {
				t.Error("signing on, or an examination, asks for the keyring's password")
			}
		})
	}
}

// examined is the verdict of a row of the diagnostics.
func (s *station) examined(row string) string {
	s.rig.t.Helper()
	var report struct {
		Rows []struct{ ID, Verdict string }
	}
	s.must(json.Unmarshal([]byte(s.output(program(s.rig.t), "doctor", "--json", "--socket", s.socket)), &report))
	for _, r := range report.Rows {
		if r.ID == row {
			return r.Verdict
		}
	}
	return "not told"
}
