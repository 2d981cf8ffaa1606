package docs_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"lanyard/ui/command"
)

var (
	span   = regexp.MustCompile("`(lanyard [^`\n]+)`")
	inLine = regexp.MustCompile(`(?m)(?:^|[ (])(lanyard [^\n|;&)#<>]+)`)
)

// TestLines: every command of ours that stands in a manual exists, with the
// flags that it is given.
func TestLines(t *testing.T) {
	found := 0
	for _, file := range manuals(t) {
		text := read(t, file)
		var lines []string
		for _, m := range fence.FindAllStringSubmatch(text, -1) {
			if m[2] != "sh" {
				continue
			}
			for _, l := range inLine.FindAllStringSubmatch(m[3], -1) {
				lines = append(lines, l[1])
			}
		}
		for _, m := range span.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			lines = append(lines, m[1])
		}
		for _, line := range lines {
			found++
			if fault := faultOf(line); fault != "" {
				t.Errorf("%s: %q: %s", filepath.Base(file), line, fault)
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d lines were found", found)
	}
}

// faultOf says what a line names that is not there; empty where all is.
func faultOf(line string) string {
	words := strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(line))[1:]
	c, rest, err := command.Root(&command.Shared{}).Find(words)
	switch {
	case err != nil:
		return err.Error()
	case !c.HasParent() && !strings.HasPrefix(words[0], "--"):
		return "no such command"
	case c.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-"):
		return "no such command below " + c.Name()
	}
	for _, w := range words {
		name, isFlag := strings.CutPrefix(w, "--")
		name, _, _ = strings.Cut(name, "=")
		if isFlag && !known(c, name) {
			return "no flag --" + name
		}
	}
	return ""
}

func known(c *cobra.Command, flag string) bool {
	return c.Flags().Lookup(flag) != nil || c.InheritedFlags().Lookup(flag) != nil || flag == "help" || flag == "version"
}
