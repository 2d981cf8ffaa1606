package words_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"lanyard/assets"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

func texts(t *testing.T, language string) map[string]string {
	t.Helper()
	m := make(map[string]string)
	for _, area := range assets.Translations()[language] {
		one := make(map[string]string)
		if err := json.Unmarshal([]byte(area), &one); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for k, text := range one {
			if _, twice := m[k]; twice {
				t.Errorf("%s: %s stands in two areas", language, k)
			}
			m[k] = text
		}
	}
	return m
}

// constants reads the keys that the program can name.
func constants(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("keys*.go")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				key, err := strconv.Unquote(l.Value)
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, key)
			}
			return true
		})
	}
	if len(keys) < 50 {
		t.Fatalf("only %d keys found", len(keys))
	}
	return keys
}

var form = regexp.MustCompile(`\.(zero|one|two|few|many|other)$`)

func TestEveryKeyHasBothLanguages(t *testing.T) {
	keys := constants(t)
	for _, language := range []string{"en", "cy"} {
		have := texts(t, language)
		for _, k := range keys {
			if have[k] == "" && have[k+".other"] == "" {
				t.Errorf("%s: no text for %s", language, k)
			}
		}
		for k, text := range have {
			base := form.ReplaceAllString(k, "")
			known := slices.Contains(keys, k) || slices.Contains(keys, base) || k == "date" || strings.HasPrefix(k, "month.") || strings.HasPrefix(k, "failure.")
			if !known {
				t.Errorf("%s: %s is in the file and no text of the program", language, k)
			}
			if text != strings.TrimSpace(text) || text == "" {
				t.Errorf("%s: %s is empty or has blanks around it", language, k)
			}
		}
	}
}

// TestCountsHaveTheirForms holds each counted text to the forms that its noun
// takes on: in Welsh 2 changes the nouns that soften, and 3 and 6 those that
// begin with p, t or c.
func TestCountsHaveTheirForms(t *testing.T) {
	noun := regexp.MustCompile(`\{n\} (\pL)`)
	soft, breathed := "pbtdcgmlr", "ptc"
	keys := constants(t)
	for language, have := range map[string]map[string]string{"en": texts(t, "en"), "cy": texts(t, "cy")} {
		for k, text := range have {
			base, counted := strings.CutSuffix(k, ".other")
			if !counted || slices.Contains(keys, k) {
				continue
			}
			needs := []string{"one"}
			if m := noun.FindStringSubmatch(text); m != nil && language == "cy" {
				if strings.Contains(soft, m[1]) {
					needs = append(needs, "two")
				}
				if strings.Contains(breathed, m[1]) {
					needs = append(needs, "few", "many")
				}
			}
			for _, f := range needs {
				if have[base+"."+f] == "" && base != "drawer.many-on" { // never counts one
					t.Errorf("%s: %s has no form for %q: %s", language, base, f, text)
				}
			}
		}
	}
}

// TestWelshIsWelsh holds that no text is left as it stands in English, but what
// is filled in only, a key of the keyboard and what everybody calls a PUK.
func TestWelshIsWelsh(t *testing.T) {
	en := texts(t, "en")
	for k, text := range texts(t, "cy") {
		own := strings.ContainsFunc(hole.ReplaceAllString(text, ""), unicode.IsLetter)
		if en[k] == text && own && text != "Enter" && text != "PUK" {
			t.Errorf("%s is %q in both languages", k, text)
		}
	}
}

var hole = regexp.MustCompile(`\{[a-z]+\}`)

// TestSameHoles holds that what is filled in is filled in in both languages. A
// form for one fixed number may spell it out.
func TestSameHoles(t *testing.T) {
	en, cy := texts(t, "en"), texts(t, "cy")
	for k, w := range cy {
		e, ok := en[k]
		if !ok {
			continue
		}
		a, b := hole.FindAllString(e, -1), hole.FindAllString(w, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%s: %v in English, %v in Welsh", k, a, b)
		}
	}
}

func TestEveryFailureHasBothLanguages(t *testing.T) {
	for _, e := range failure.All() {
		text, next, ok := words.In(words.Welsh).Failure(e.Code)
		if !ok || text == e.Text || next == e.Next || text == "" || next == "" {
			t.Errorf("%s has no Welsh: %q %q", e.Code, text, next)
		}
		if text, next, ok := words.In(words.English).Failure(e.Code); !ok || text != e.Text || next != e.Next {
			t.Errorf("%s: %q %q", e.Code, text, next)
		}
	}
	for k := range texts(t, "cy") {
		if code, ok := strings.CutPrefix(k, "failure."); ok {
			code = strings.TrimSuffix(strings.TrimSuffix(code, ".text"), ".next")
			if _, ok := failure.Lookup(failure.Code(code)); !ok {
				t.Errorf("%s: no such failure", k)
			}
		}
	}
	if _, _, ok := (words.Book{}).Failure("NO-SUCH"); ok {
		t.Error("a code that is none has words")
	}
}

// TestTone holds the words to what a person under strain should read: nobody
// is blamed, nothing is "invalid".
func TestTone(t *testing.T) {
	never := regexp.MustCompile(`(?i)\b(invalid|failed|failure|error|illegal|please|sorry)\b`)
	for k, text := range texts(t, "en") {
		if never.MatchString(text) {
			t.Errorf("%s: %s", k, text)
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		l    words.Language
		n    int
		want string
	}{
		{words.English, 0, "0 tries left"},
		{words.English, 1, "1 try left"},
		{words.English, 2, "2 tries left"},
		{words.Welsh, 1, "1 cynnig ar ôl"},
		{words.Welsh, 2, "2 gynnig ar ôl"},
		{words.Welsh, 3, "3 chynnig ar ôl"},
		{words.Welsh, 6, "6 chynnig ar ôl"},
		{words.Welsh, 8, "8 cynnig ar ôl"},
	} {
		if got := words.In(c.l).Count(words.TriesLeft, c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.l, c.n, got, c.want)
		}
	}
}

func TestTextKeepsData(t *testing.T) {
	if got := (words.Book{}).Text(words.NoFit, "typed", "{n} wa{typed}rd"); got != `No role fits "{n} wa{typed}rd"` {
		t.Errorf("got %s", got)
	}
}

func TestDate(t *testing.T) {
	day := time.Date(2026, 3, 9, 12, 0, 0, 0, time.Local)
	for l, want := range map[words.Language]string{words.English: "9 March 2026", words.Welsh: "9 Mawrth 2026"} {
		if got := words.In(l).Date(day); got != want {
			t.Errorf("%s: %q, want %q", l, got, want)
		}
	}
}

func TestLanguageOfTheDesktop(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want words.Language
	}{
		{nil, words.English},
		{map[string]string{"LANG": "cy_GB.UTF-8"}, words.Welsh},
		{map[string]string{"LANG": "en_GB.UTF-8"}, words.English},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "cy_GB"}, words.Welsh},
		{map[string]string{"LANG": "en_GB.UTF-8", "LANGUAGE": "cy:en"}, words.Welsh},
		{map[string]string{"LANG": "cy_GB.UTF-8", "LANGUAGE": "en:cy"}, words.English},
		{map[string]string{"LANG": "C", "LANGUAGE": "cy"}, words.English},
		{map[string]string{"LANG": "cyx_XX"}, words.English},
		{map[string]string{"LANG": "pl_PL.UTF-8"}, words.English},
	} {
		if got := words.Of(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%v: %s, want %s", c.env, got, c.want)
		}
	}
}
