package desk

import (
	"testing"

	"lanyard/ui/words"
)

// TestPictures draws every window and state with the program's own windows and
// holds them against the pictures of the manuals, which are looked at when they
// change.
func TestPictures(t *testing.T) {
	r := newRig(t, desktop{tray: true, notes: true})
	th := newTheatre(r, "")
	for _, name := range []string{
		"pin-reading", "pin", "pin-wrong", "pin-last", "pin-busy", "pin-keypad", "pin-keypad-last", "pin-kept", "pin-server-away", "roles", "roles-many",
		"trouble", "trouble-busy", "trouble-unknown", "trouble-locked", "trouble-expired", "trouble-no-role", "trouble-ended",
	} {
		th.asked(name)
	}
	th.asked("roles-many", then("search", "n", "u", "r", "s", "e"))
	th.asked("roles-many", then("none", "z", "q"))
	th.asked("trouble-locked", then("puk", "Return"))
	for _, name := range []string{"no-reader", "no-card", "session", "session-locked", "session-locked-in", "session-offline", "session-many", "session-renewing", "session-ends"} {
		th.opened(name, name, words.Open)
	}
	th.opened("roles-change", "session", words.ChangeRole)
	th.opened("diagnostics", "session", words.TrayDiagnostics)
	th.opened("settings", "session", words.TraySettings)
	th.opened("card", "session", words.TrayCard)
	th.opened("card", "session", words.TrayCard, then("details", "Tab", "space"))
	th.opened("card", "session", words.TrayCard, then("change", "Tab", "Tab", "Tab", "space"))
	th.opened("card-ends", "session-ends", words.TrayCard)
	th.opened("card-changed", "card-changed", words.TrayCard)
}

// TestPicturesOfOtherDesks does the same where all is well, and where there is
// no keyring for a proxy's password.
func TestPicturesOfOtherDesks(t *testing.T) {
	th := newTheatre(newRig(t, desktop{tray: true, notes: true}), "", "-other")
	th.opened("diagnostics-well", "session", words.TrayDiagnostics)
	th.opened("settings-password", "session", words.TraySettings, keys{press: []string{"shift+Tab", "shift+Tab"}})
}

// TestPictureOfTheDrawer does the same for the practice.
func TestPictureOfTheDrawer(t *testing.T) {
	th := newTheatre(newRig(t, desktop{tray: true, notes: true}), "", "-drawer")
	th.r.window("^Card drawer$")
	th.shoot("drawer")
}

// TestPictureWithoutTray does it for a desktop that has neither a tray nor
// notifications: the desk's window says so.
func TestPictureWithoutTray(t *testing.T) {
	th := newTheatre(newRig(t, desktop{}), "")
	th.r.window(desk)
	th.shoot("no-tray")
}

// TestPicturesInOtherLooks does the same for the windows that are seen most, in
// Welsh, in high contrast and with large letters.
func TestPicturesInOtherLooks(t *testing.T) {
	r := newRig(t, desktop{tray: true, notes: true})
	for _, c := range []struct {
		name string
		args []string
	}{
		{"cy", []string{"-language", "cy"}},
		{"contrast", []string{"-look", "contrast"}},
		{"200", []string{"-text", "200"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			of := *r
			of.t = t
			th := newTheatre(&of, c.name, c.args...)
			for _, name := range []string{"pin", "roles", "trouble"} {
				th.asked(name)
			}
			th.opened("session", "session", words.Open)
			th.opened("diagnostics", "session", words.TrayDiagnostics)
			th.opened("settings", "session", words.TraySettings)
		})
	}
}
