package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code    = regexp.MustCompile("`[^`\n]*`")
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// prose is a manual without what stands in code.
func prose(text string) string {
	return code.ReplaceAllString(fence.ReplaceAllString(text, ""), "code")
}

// anchors are the names of a manual's headings, as GitHub makes them.
func anchors(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case strings.ContainsRune("`'’,.:;?!()/\"*#", r):
				return -1
			}
			return r
		}, strings.ToLower(m[1]))
		names[name] = true
	}
	return names
}

// TestLinks: every relative link leads to a file, and its anchor to a heading.
func TestLinks(t *testing.T) {
	for _, file := range manuals(t) {
		text := read(t, file)
		for _, m := range link.FindAllStringSubmatch(prose(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			path, anchor, _ := strings.Cut(m[1], "#")
			target := file
			if path != "" {
				target = filepath.Join(filepath.Dir(file), filepath.FromSlash(path))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", filepath.Base(file), m[1], err)
				continue
			}
			if anchor != "" && !anchors(read(t, target))[anchor] {
				t.Errorf("%s links to %s, and there is no such heading", filepath.Base(file), m[1])
			}
		}
	}
}
