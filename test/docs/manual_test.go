package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the top of the checkout.
const root = "../.."

// manuals returns the files that people read.
func manuals(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d manuals, %v", len(files), err)
	}
	return append(files, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md"))
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// manual reads one of docs.
func manual(t *testing.T, name string) string {
	t.Helper()
	return read(t, filepath.Join(root, "docs", name))
}

var fence = regexp.MustCompile("(?ms)^( *)```([a-z]*)\n(.*?)^ *```$")

// example returns the one block of a language in a manual that holds a text.
func example(t *testing.T, name, language, holds string) string {
	t.Helper()
	var found []string
	for _, m := range fence.FindAllStringSubmatch(manual(t, name), -1) {
		if m[2] == language && strings.Contains(m[3], holds) {
			found = append(found, m[3])
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has %d examples in %s with %q, want one", name, len(found), language, holds)
	}
	return found[0]
}
