package fault

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	s, err := Parse([]byte(`# a card for training
expired
locked   # both
slow 20ms
slow 1.5s verify
at 3 pull
	at verify 2 refuse 1
at sign 1 mute after
every status answer 6F00
every change refuse 0
at any 7 reset
at read 1 delay 2s
`))
	if err != nil {
		t.Fatal(err)
	}
	if !s.Expired() || !s.Locked() {
		t.Error("expired or locked was not read")
	}
	want := []rule{
		{act: act{deed: delay, delay: 20 * time.Millisecond}},
		{command: Verify, act: act{deed: delay, delay: 1500 * time.Millisecond}},
		{nth: 3, act: act{deed: pull}},
		{command: Verify, nth: 2, act: act{deed: refuse, tries: 1}},
		{command: Sign, nth: 1, act: act{deed: mute, after: true}},
		{command: Status, act: act{deed: answer, status: 0x6F00}},
		{command: Change, act: act{deed: refuse}},
		{nth: 7, act: act{deed: reset}},
		{command: Read, nth: 1, act: act{deed: delay, delay: 2 * time.Second}},
	}
	if len(s.rules) != len(want) {
		t.Fatalf("%d rules, want %d", len(s.rules), len(want))
	}
	for i, r := range s.rules {
		if r != want[i] {
			t.Errorf("rule %d: %+v, want %+v", i, r, want[i])
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text         string
		line, column int
		says         string
	}{
		{"jump", 1, 1, "no statement"},
		{"expired\n\n  at x pull", 3, 6, "which command"},
		{"at 0 pull", 1, 4, "from 1"},
		{"at 1", 1, 4, "ends early"},
		{"at verify 1 explode", 1, 13, "nothing a card can do"},
		{"at sign 1 refuse 2", 1, 11, "verify, change or unblock"},
		{"at verify 1 refuse 16", 1, 20, "from 0 to 15"},
		{"at 1 answer 9000", 1, 13, "failing status word"},
		{"at 1 answer 61FF", 1, 13, "failing status word"},
		{"at 1 answer 6F", 1, 13, "failing status word"},
		{"slow", 1, 1, "not a delay"},
		{"slow -1s", 1, 6, "not a delay"},
		{"slow 10m", 1, 6, "not a delay"},
		{"slow 1s verify now", 1, 16, "too much"},
		{"at 1 pull before", 1, 11, "too much"},
		{"locked out", 1, 8, "too much"},
		{"expired \xff", 1, 1, "UTF-8"},
		{strings.Repeat("at 1 pull\n", MaxRules+1), MaxRules + 1, 6, "more than"},
		{strings.Repeat(" ", MaxScript+1), 1, 1, "longer"},
	} {
		_, err := Parse([]byte(c.text))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.30q: %v", c.text, err)
			continue
		}
		if e.Line != c.line || e.Column != c.column || !strings.Contains(e.Error(), c.says) {
			t.Errorf("%.30q: %v, want line %d, column %d, %q", c.text, e, c.line, c.column, c.says)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("expired\nslow 20ms verify\nat verify 2 refuse 1\n"))
	f.Add([]byte("at 3 pull after # x\nevery sign answer 6982"))
	f.Add([]byte("at any 1 mute\r\nlocked"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err == nil {
			if len(s.rules) > MaxRules {
				t.Errorf("%d rules", len(s.rules))
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("error of no kind: %v", err)
		}
		lines := strings.Split(string(text), "\n")
		if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > len(lines[e.Line-1])+1 {
			t.Errorf("place outside the text: %+v", e)
		}
	})
}
