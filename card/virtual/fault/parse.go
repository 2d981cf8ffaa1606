package fault

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a script.
const (
	MaxScript = 64 << 10        // octets
	MaxRules  = 1000            // lines that say something
	MaxDelay  = 5 * time.Minute // of one command
	maxNth    = 1_000_000
)

// Parse reads a script. Its form stands in docs/card-faults.md. The error is an
// [*Error].
func Parse(text []byte) (*Script, error) {
	if len(text) > MaxScript {
		return nil, &Error{Line: 1, Column: 1, Problem: fmt.Sprintf("longer than %d octets", MaxScript)}
	}
	s := &Script{}
	for n, line := range strings.Split(string(text), "\n") {
		p := parser{script: s, line: n + 1, words: words(line)}
		if !utf8.ValidString(line) {
			return nil, p.fail("not valid UTF-8")
		}
		if err := p.statement(); err != nil {
			return nil, err
		}
		if len(s.rules) > MaxRules {
			return nil, p.fail("more than %d rules", MaxRules)
		}
	}
	return s, nil
}

// word is a word of a line and the column it begins at.
type word struct {
	text   string
	column int
}

func words(line string) []word {
	if i := strings.IndexByte(line, '#'); i >= 0 {
		line = line[:i]
	}
	var out []word
	start := -1
	for i := 0; i <= len(line); i++ {
		blank := i == len(line) || line[i] == ' ' || line[i] == '\t' || line[i] == '\r'
		switch {
		case !blank && start < 0:
			start = i
		case blank && start >= 0:
			out = append(out, word{line[start:i], start + 1})
			start = -1
		}
	}
	return out
}

type parser struct {
	script *Script
	line   int
	words  []word
	at     int // column of the word last taken
}

func (p *parser) fail(format string, args ...any) *Error {
	return &Error{Line: p.line, Column: max(p.at, 1), Problem: fmt.Sprintf(format, args...)}
}

// peek returns the next word, "" at the end of the line.
func (p *parser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0].text
}

func (p *parser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	w := p.words[0]
	p.words, p.at = p.words[1:], w.column
	return w.text
}

// statement reads one line.
func (p *parser) statement() error {
	if len(p.words) == 0 {
		return nil
	}
	switch w := p.next(); w {
	case "expired":
		p.script.expired = true
	case "locked":
		p.script.locked = true
	case "slow":
		return p.slow()
	case "at":
		return p.rule(true)
	case "every":
		return p.rule(false)
	default:
		return p.fail("%q is no statement: want at, every, slow, locked or expired", w)
	}
	return p.end()
}

func (p *parser) end() error {
	if w := p.next(); w != "" {
		return p.fail("%q is too much on this line", w)
	}
	return nil
}

// slow reads "slow DURATION [COMMAND]".
func (p *parser) slow() error {
	d, err := p.duration()
	if err != nil {
		return err
	}
	p.script.rules = append(p.script.rules, rule{command: p.command(), act: act{deed: delay, delay: d}})
	return p.end()
}

// rule reads "at [COMMAND] N DEED" or "every [COMMAND] DEED".
func (p *parser) rule(counted bool) (err error) {
	r := rule{command: p.command()}
	if counted {
		if r.nth, err = p.number("which command (1 is the first)", 1, maxNth); err != nil {
			return err
		}
	}
	if r.act, err = p.deed(r.command); err != nil {
		return err
	}
	p.script.rules = append(p.script.rules, r)
	return p.end()
}

// command reads the name of a command, [Any] where none stands there.
func (p *parser) command() Command {
	c, ok := commandNamed(p.peek())
	if ok {
		p.next()
	}
	return c
}

func (p *parser) deed(c Command) (a act, err error) {
	switch w := p.next(); w {
	case "pull":
		a.deed = pull
	case "mute":
		a.deed = mute
	case "reset":
		a.deed = reset
	case "refuse":
		if c != Verify && c != Change && c != Unblock {
			return a, p.fail("refuse wants verify, change or unblock before it")
		}
		a.deed = refuse
		a.tries, err = p.number("the tries left", 0, 15)
		return a, err
	case "answer":
		a.deed = answer
		a.status, err = p.status()
		return a, err
	case "delay":
		a.deed = delay
		a.delay, err = p.duration()
		return a, err
	case "":
		return a, p.fail("the line ends early: want pull, mute, reset, refuse, answer or delay")
	default:
		return a, p.fail("%q is nothing a card can do: want pull, mute, reset, refuse, answer or delay", w)
	}
	if p.peek() == "after" {
		p.next()
		a.after = true
	}
	return a, nil
}

func (p *parser) number(what string, least, most int) (int, error) {
	w := p.next()
	n, err := strconv.Atoi(w)
	if err != nil || n < least || n > most {
		return 0, p.fail("%q is not %s: want a number from %d to %d", w, what, least, most)
	}
	return n, nil
}

func (p *parser) duration() (time.Duration, error) {
	w := p.next()
	d, err := time.ParseDuration(w)
	if err != nil || d < 0 || d > MaxDelay {
		return 0, p.fail("%q is not a delay: want 20ms, 1.5s and the like, at most %v", w, MaxDelay)
	}
	return d, nil
}

func (p *parser) status() (uint16, error) {
	w := p.next()
	n, err := strconv.ParseUint(w, 16, 16)
	if err != nil || len(w) != 4 || n>>12 != 6 && n>>12 != 9 || n == 0x9000 || n>>8 == 0x61 || n>>8 == 0x6C {
		return 0, p.fail("%q is not a failing status word: want four hex digits such as 6F00", w)
	}
	return uint16(n), nil
}
