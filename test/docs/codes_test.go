package docs_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lanyard/broker/doctor"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// shortCode is how a short code stands in a text.
var shortCode = regexp.MustCompile(`\b(?i:LY(?:-[0-9A-Z]{1,4}){2,})\b`)

// TestShortCodes: every short code in the manuals is one that doctor explains.
func TestShortCodes(t *testing.T) {
	found := 0
	for _, file := range manuals(t) {
		for _, code := range shortCode.FindAllString(read(t, file), -1) {
			found++
			if _, err := doctor.Explain(code); err != nil {
				t.Errorf("%s: %s: %v", filepath.Base(file), code, err)
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d short codes were found", found)
	}
}

// rowLine is a row of the doctor's report: verdict, name, sentence.
var rowLine = regexp.MustCompile(`(?m)^(good|look|trouble|-) +([^:]+): (.*)$`)

// TestReport: the code of the report in the manual says what its rows say.
func TestReport(t *testing.T) {
	text := example(t, "administrator.md", "text", "Reader service: ")
	told, err := doctor.Explain(shortCode.FindString(text))
	if err != nil {
		t.Fatal(err)
	}
	b := words.In(words.English)
	verdicts := map[string]string{}
	for _, row := range told.Rows {
		verdicts[b.Text(words.Key("diagnostics.name."+row.ID))] = b.Text(words.Key("diagnostics.verdict." + row.Verdict))
	}
	rows := rowLine.FindAllStringSubmatch(text, -1)
	if len(rows) < 3 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		if verdicts[row[2]] != row[1] {
			t.Errorf("%s is %s in the rows and %q in the code", row[2], row[1], verdicts[row[2]])
		}
	}
	if !strings.Contains(text, "["+string(told.Code)+"]") {
		t.Errorf("the code tells of %s first, the rows do not", told.Code)
	}
}

// TestExplained: what --explain answers in the manual is what it answers.
func TestExplained(t *testing.T) {
	text := example(t, "administrator.md", "text", "--explain")
	command, answer, _ := strings.Cut(text, "\n")
	said, known := view.Explained(words.In(words.English), command[strings.LastIndexByte(command, ' ')+1:])
	if !known {
		t.Fatal(said)
	}
	lines := strings.Split(said, "\n")
	for line := range strings.Lines(answer) {
		line, cut := strings.CutSuffix(strings.TrimSuffix(line, "\n"), "...")
		if !slices.ContainsFunc(lines, func(l string) bool { return l == line || cut && strings.HasPrefix(l, line) }) {
			t.Errorf("it does not say %q:\n%s", line, said)
		}
	}
}
