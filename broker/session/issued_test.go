package session_test

import (
	"strings"
	"testing"

	"lanyard/broker/session"
)

func TestAsIssued(t *testing.T) {
	issued := "AQIC" + strings.Repeat("A2", 40) + "=@AAJTSQACMDE=#"
	for name, text := range map[string]string{
		"as issued":   issued,
		"without end": strings.TrimSuffix(issued, "#"),
		"C66":         strings.NewReplacer("=", ".", "@", "*", "#", "*").Replace(issued),
	} {
		if got := session.AsIssued(text).Reveal(); got != issued {
			t.Errorf("%s: %q, want %q", name, got, issued)
		}
	}
	if got := session.AsIssued(issued[:40]); !got.IsZero() {
		t.Error("a text of another form has no issued spelling")
	}
}
