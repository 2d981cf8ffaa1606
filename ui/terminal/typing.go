package terminal

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// key handles one octet of the keyboard.
func (s *sitting) key(ctx context.Context, b byte) error {
	if s.question == nothing {
		return s.shortcut(ctx, b)
	}
	switch b {
	case '\r', '\n':
		s.print("\n")
		return s.enter(ctx)
	case 0x03, 0x1b: // Ctrl+C, Escape: wipe first, then cancel
		return s.escape(ctx)
	case 0x7f, 0x08:
		s.back()
	default:
		if b < 0x20 || s.n == len(s.typed) {
			return nil
		}
		s.typed[s.n] = b
		s.n++
		s.echo(s.typed[s.n-1 : s.n])
	}
	return nil
}

// echo shows what was typed: dots for a passcode.
func (s *sitting) echo(typed []byte) {
	if s.question.secret() {
		s.print("%s", strings.Repeat("•", len(typed)))
	} else {
		s.print("%s", typed)
	}
}

// back takes the last character away: one octet of a passcode, all of a letter
// else.
func (s *sitting) back() {
	if s.n == 0 {
		return
	}
	width := 1
	if !s.question.secret() {
		_, width = utf8.DecodeLastRune(s.typed[:s.n])
	}
	clear(s.typed[s.n-width : s.n])
	s.n -= width
	s.print("\b \b")
}

func (s *sitting) escape(ctx context.Context) error {
	if s.n > 0 {
		s.wipe()
		s.print("\n")
		s.reopen()
		return nil
	}
	s.print("\n")
	switch {
	case s.own: // thought better of it
		s.leave()
		s.printHints()
	case s.question == forPIN, s.question == forReader:
		return s.do(ctx, agent.CancelPIN{Gen: s.gen})
	case s.question == forUnlock:
		return errDone
	}
	return nil
}

// reopen prints the question, and what is typed already.
func (s *sitting) reopen() {
	s.print("  %s: ", s.text(s.question.label()))
	s.echo(s.typed[:s.n])
}

func (s *sitting) enter(ctx context.Context) error {
	defer s.wipe()
	switch s.question {
	case forPIN:
		if s.n == 0 {
			s.reopen()
			return nil
		}
		s.answered = true
		return s.do(ctx, agent.SubmitPIN{Gen: s.gen, PIN: card.CopyPIN(s.typed[:s.n])})
	case forUnlock:
		s.answered = true
		return s.do(ctx, agent.DesktopUnlocked{})
	case forReader:
		s.answered = true
		return s.do(ctx, agent.StartKeypad{Gen: s.gen})
	case forOld, forPUK, forNew, forAgain:
		return s.fill(ctx)
	case forPlace:
		return s.endPlace(ctx)
	default:
		return s.chooseRole(ctx)
	}
}

// chooseRole takes the role that a number or letters stand for.
func (s *sitting) chooseRole(ctx context.Context) error {
	text := string(s.typed[:s.n])
	fit := view.Filter(s.snap.Roles, text)
	if i, err := strconv.Atoi(text); err == nil && i >= 1 && i <= len(s.snap.Roles) {
		fit = s.snap.Roles[i-1 : i]
	}
	switch {
	case len(fit) == 0:
		s.print("  %s\n", s.text(words.TermNoRole, "text", strconv.Quote(text)))
		s.wipe()
		s.reopen()
		return nil
	case len(fit) > 1 && text != "":
		s.wipe()
		s.printRoles(fit)
		s.reopen()
		return nil
	default:
		s.answered = true
		if s.own { // a change of role: nothing more is asked
			s.question, s.own = nothing, false
		}
		return s.do(ctx, agent.ChooseRole{ID: fit[0].ID})
	}
}
