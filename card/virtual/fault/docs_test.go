package fault

import (
	"os"
	"strings"
	"testing"
)

// TestDocumentedScripts reads every script of the manual.
func TestDocumentedScripts(t *testing.T) {
	text, err := os.ReadFile("../../../docs/card-faults.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(text), "```")
	if len(parts) < 11 {
		t.Fatalf("only %d scripts in the manual", len(parts)/2)
	}
	for i := 1; i < len(parts); i += 2 {
		if s, err := Parse([]byte(parts[i])); err != nil || len(s.rules) == 0 && !s.expired {
			t.Errorf("script %d: %v", i/2+1, err)
		}
	}
	for c, name := range commandNames {
		if !strings.Contains(string(text), "| `"+name+"`") {
			t.Errorf("command %v is not in the manual", Command(c))
		}
	}
}
