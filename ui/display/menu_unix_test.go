//go:build !windows && !darwin

package display

import "testing"

func TestMenuText(t *testing.T) {
	for text, want := range map[string]string{"900000000017_OKAFOR": "900000000017__OKAFOR", "A&E Nurse": "A&E Nurse", "__": "____", "": ""} {
		if got := menuText(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
