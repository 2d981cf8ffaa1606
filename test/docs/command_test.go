package docs_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"lanyard/ui/command"
)

// flag is how a list of flags shows one.
var flag = regexp.MustCompile(`--[a-z][a-z0-9-]*`)

// TestCommands: every command and every flag stands in a manual.
func TestCommands(t *testing.T) {
	var all strings.Builder
	for _, name := range []string{"user.md", "administrator.md", "integrator.md"} {
		all.WriteString(manual(t, name))
	}
	text := all.String()
	commands := 0
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			return
		}
		commands++
		if c.Runnable() && !strings.Contains(text, c.CommandPath()) {
			t.Errorf("no manual tells of %q", c.CommandPath())
		}
		for _, f := range flag.FindAllString(c.NonInheritedFlags().FlagUsages(), -1) {
			if !strings.Contains(text, f) {
				t.Errorf("no manual tells of %s of %q", f, c.CommandPath())
			}
		}
		for _, below := range c.Commands() {
			visit(below)
		}
	}
	visit(command.Root(&command.Shared{}))
	if commands < 10 {
		t.Errorf("only %d commands were found", commands)
	}
}

// TestVariables: every variable that a bench tells stands in the manual.
func TestVariables(t *testing.T) {
	source := read(t, filepath.Join(root, "broker", "demo", "hold.go"))
	names := regexp.MustCompile(`"((?:LANYARD|PCSCLITE)_[A-Z0-9_]+)"`).FindAllStringSubmatch(source, -1)
	if len(names) < 8 {
		t.Fatalf("only %d variables were found", len(names))
	}
	page := manual(t, "integrator.md")
	for _, n := range names {
		if !strings.Contains(page, "| `"+n[1]+"` |") {
			t.Errorf("integrator.md has no row for %s", n[1])
		}
	}
}
