package peer

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNameIsFitForALine(t *testing.T) {
	for path, want := range map[string]string{
		"":                               "",
		"/usr/bin/records":               "records",
		"/opt/a b/rec ords":              "rec ords",
		"/tmp/bad\nname\x1b[31m":         "badname[31m",
		"/tmp/\xff\xfename":              "name",
		"/tmp/запись":                    "запись",
		"/usr/bin/java (deleted)":        "java (deleted)",
		"/x/" + strings.Repeat("é", 100): strings.Repeat("é", maxName/2),
	} {
		if got := nameOf(path); got != want || !utf8.ValidString(got) {
			t.Errorf("%q is called %q, want %q", path, got, want)
		}
	}
}
