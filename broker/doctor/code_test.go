package doctor_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"lanyard/broker/doctor"
	"lanyard/broker/failure"
)

// report is one with verdicts for the rows that are not good.
func report(code failure.Code, other map[doctor.ID]doctor.Verdict) doctor.Report {
	var r doctor.Report
	for _, id := range doctor.Order() {
		row := doctor.Row{ID: id, Verdict: doctor.Good}
		if v, ok := other[id]; ok {
			row.Verdict = v
			if v == doctor.Look || v == doctor.Trouble {
				row.Code = code
			}
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// TestCodesStayWhatTheyAre holds that a code which an older release made means
// the same for ever: these must never change.
func TestCodesStayWhatTheyAre(t *testing.T) {
	for code, r := range map[string]doctor.Report{
		"LY-0000-09":     report("", nil),
		"LY-0002-0B":     report("", map[doctor.ID]doctor.Verdict{doctor.Times: doctor.None}),
		"LY-3G00-1E1W":   report(failure.CardMute, map[doctor.ID]doctor.Verdict{doctor.Card: doctor.Trouble}),
		"LY-000V-H40H-W": report(failure.ConfigInvalid, map[doctor.ID]doctor.Verdict{doctor.Keyring: doctor.Look, doctor.Settings: doctor.Trouble}),
	} {
		if got := r.Code(); got != code {
			t.Errorf("%s, want %s", got, code)
		}
	}
}

func TestEveryReportIsReadBack(t *testing.T) {
	verdicts := []doctor.Verdict{doctor.Good, doctor.None, doctor.Look, doctor.Trouble}
	codes := failure.All()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		other := map[doctor.ID]doctor.Verdict{}
		for _, id := range doctor.Order() {
			other[id] = verdicts[random.IntN(len(verdicts))]
		}
		r := report(codes[random.IntN(len(codes))].Code, other)
		told, err := doctor.Explain(r.Code())
		if err != nil {
			t.Fatalf("%s: %v", r.Code(), err)
		}
		if told.Code != r.First() || len(told.Rows) != len(r.Rows) {
			t.Fatalf("%s: %+v", r.Code(), told)
		}
		for i, row := range told.Rows {
			if row.ID != r.Rows[i].ID || row.Verdict != r.Rows[i].Verdict {
				t.Fatalf("%s: row %s is %s, was %s", r.Code(), row.ID, row.Verdict, r.Rows[i].Verdict)
			}
		}
	}
}

func TestCodeAsPeopleWriteIt(t *testing.T) {
	r := report(failure.CardMute, map[doctor.ID]doctor.Verdict{doctor.Card: doctor.Trouble})
	code := r.Code()
	plain := strings.ReplaceAll(strings.TrimPrefix(code, "LY-"), "-", "")
	for _, written := range []string{
		code, strings.ToLower(code), plain, " " + strings.ReplaceAll(code, "-", " ") + "\n",
		strings.NewReplacer("0", "O", "1", "I").Replace(code), strings.NewReplacer("0", "o", "1", "l").Replace(code),
	} {
		if told, err := doctor.Explain(written); err != nil || told.Code != failure.CardMute {
			t.Errorf("%q: %+v %v", written, told, err)
		}
	}
	for _, written := range []string{"", "LY", "LY-", "CARD-MUTE", "LY-UUUU-UU", "żółw", strings.Repeat("0", 1000)} {
		if _, err := doctor.Explain(written); !errors.Is(err, doctor.ErrNoCode) && !errors.Is(err, doctor.ErrMistyped) {
			t.Errorf("%q: %v", written, err)
		}
	}
}

// TestMistakesAreFound changes each letter to each other one, and swaps each
// pair of neighbours.
func TestMistakesAreFound(t *testing.T) {
	code := report(failure.NetProxy, map[doctor.ID]doctor.Verdict{doctor.Network: doctor.Trouble, doctor.Tray: doctor.None}).Code()
	letters := []byte(strings.ReplaceAll(strings.TrimPrefix(code, "LY-"), "-", ""))
	for i := range letters {
		for _, other := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
			wrong := slices.Clone(letters)
			wrong[i] = other
			if _, err := doctor.Explain(string(wrong)); (err == nil) != (other == letters[i]) {
				t.Errorf("%s for %s: %v", wrong, letters, err)
			}
		}
		if i > 0 && letters[i] != letters[i-1] {
			wrong := slices.Clone(letters)
			wrong[i], wrong[i-1] = wrong[i-1], wrong[i]
			if _, err := doctor.Explain(string(wrong)); err == nil {
				t.Errorf("%s for %s passes", wrong, letters)
			}
		}
		if _, err := doctor.Explain(string(slices.Delete(slices.Clone(letters), i, i+1))); err == nil {
			t.Errorf("%s without letter %d passes", letters, i)
		}
	}
}

// TestNumbersAreOnlyAdded holds the numbers of failure codes to those that were
// released. A new code of the catalogue is added at the end of numbered, and
// here.
func TestNumbersAreOnlyAdded(t *testing.T) {
	text, err := os.ReadFile("testdata/numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	released := strings.Fields(string(text))
	got := doctor.Numbered()
	if len(got) != len(released) || len(got) > doctor.MaxNumber {
		t.Fatalf("%d codes have a number, %d stand in testdata/numbers.txt, there is room for %d", len(got), len(released), doctor.MaxNumber)
	}
	for i, c := range released {
		if string(got[i]) != c {
			t.Errorf("number %d is %s, and was released as %s", i+1, got[i], c)
		}
	}
	for _, e := range failure.All() {
		if !slices.Contains(got, e.Code) {
			t.Errorf("%s has no number: add it at the end of numbered in index.go and of testdata/numbers.txt", e.Code)
		}
	}
}

func FuzzExplain(f *testing.F) {
	f.Add(report("", nil).Code())
	f.Add(report(failure.CardMute, map[doctor.ID]doctor.Verdict{doctor.Card: doctor.Trouble}).Code())
	f.Add("LY-ZZZZ-ZZZZ")
	f.Add("ly 0o1il")
	f.Fuzz(func(t *testing.T, text string) {
		told, err := doctor.Explain(text)
		if err != nil {
			return
		}
		again := doctor.Report{Rows: told.Rows}
		for i := range again.Rows {
			if v := again.Rows[i].Verdict; v == doctor.Look || v == doctor.Trouble {
				again.Rows[i].Code = told.Code
			}
		}
		back, err := doctor.Explain(again.Code())
		if err != nil || back.Code != told.Code || len(back.Rows) != len(told.Rows) {
			t.Errorf("%q is %+v, which is written %s: %+v %v", text, told, again.Code(), back, err)
		}
	})
}
