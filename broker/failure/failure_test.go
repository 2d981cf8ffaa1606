package failure_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"lanyard/broker/failure"
)

var update = flag.Bool("update", false, "write docs/failures.md anew")

// TestEveryCodeHasAnEntry reads the constants from the source, so that a code
// without words cannot be added.
func TestEveryCodeHasAnEntry(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "catalogue.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []failure.Code
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			s, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, failure.Code(s))
		}
		return true
	})
	if len(codes) != len(failure.All()) {
		t.Errorf("%d codes, %d entries", len(codes), len(failure.All()))
	}
	for _, c := range codes {
		if _, ok := failure.Lookup(c); !ok {
			t.Errorf("%s has no words", c)
		}
	}
}

func TestEntriesSpeakToPeople(t *testing.T) {
	seen := map[failure.Code]bool{}
	for _, e := range failure.All() {
		if seen[e.Code] {
			t.Errorf("%s stands twice", e.Code)
		}
		seen[e.Code] = true
		for what, s := range map[string]string{"text": e.Text, "next": e.Next} {
			if s == "" || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %s is no sentence: %q", e.Code, what, s)
			}
			for _, word := range []string{"invalid", "failed", "error", "illegal", "please", "sorry", "unknown"} {
				if strings.Contains(strings.ToLower(s), word) {
					t.Errorf("%s: %s says %q: %q", e.Code, what, word, s)
				}
			}
		}
		if e.Actor.String() == "nobody" {
			t.Errorf("%s: nobody acts", e.Code)
		}
		if e.Ticket == "" {
			t.Errorf("%s has no status of the Ticket API", e.Code)
		}
		if !strings.Contains(e.WireText(), e.Phrase) {
			t.Errorf("%s: wire text %q lacks its phrase", e.Code, e.WireText())
		}
	}
}

func TestOnlyTheUserCancels(t *testing.T) {
	for _, e := range failure.All() {
		if (e.Ticket == "USER_ABORT") != (e.Code == failure.UserAbort) {
			t.Errorf("%s is told to applications as %s", e.Code, e.Ticket)
		}
	}
}

func TestDocument(t *testing.T) {
	const path = "../../docs/failures.md"
	if *update {
		if err := os.WriteFile(path, []byte(failure.Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != failure.Markdown() {
		t.Error("docs/failures.md is stale: run go generate ./broker/failure")
	}
}
