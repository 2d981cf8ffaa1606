package desk

import (
	"testing"

	"lanyard/ui/words"
)

// TestLanguage chooses Welsh by keyboard while somebody is signed on: the desk
// speaks it at once, the session goes on, and it is kept for the next start.
func TestLanguage(t *testing.T) {
	s := newStation(newRig(t, desktop{tray: true}), setting{})
	s.signOn(s.card(anwen, "anwen"))
	english, welsh := words.In(words.English), words.In(words.Welsh)
	s.settled()
	s.choose(english.Text(words.TraySettings))
	s.window("^" + english.Text(words.SettingsTitle))
	s.press("Right")
	s.window("^" + welsh.Text(words.SettingsTitle))
	s.says(welsh.Text(words.TraySettings))
	s.press("Escape")
	s.gone("^" + welsh.Text(words.SettingsTitle))
	if phase := s.state().Phase; phase != "signed-on" {
		t.Errorf("another language leaves the desk at %q", phase)
	}
	s.empty()
	s.end(s.agent)
	s.begin()
	s.says(welsh.Text(words.TraySettings))
}
