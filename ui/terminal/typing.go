package terminal

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
)

// key handles one octet of the keyboard.
func (s *sitting) key(ctx context.Context, b byte) error {
	if s.question == view.NoQuestion {
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
	if s.question == view.AskPIN {
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
	if s.question != view.AskPIN {
		_, width = utf8.DecodeLastRune(s.typed[:s.n])
	}
	clear(s.typed[s.n-width : s.n])
	s.n -= width
	s.print("\b \b")
}

// shortcut handles a key while nothing is asked.
func (s *sitting) shortcut(ctx context.Context, b byte) error {
	signedOn := s.snap.Phase == agent.SignedOn || s.snap.Phase == agent.Offline
	switch {
	case b == 0x03 || b == 'q':
		return errDone
	case (b == '\r' || b == '\n') && s.snap.Phase == agent.NoCard && s.snap.Card != nil:
		return s.do(ctx, agent.AskPIN{})
	case b == 'o' && signedOn:
		return s.do(ctx, agent.SignOut{})
	case b == 'r' && signedOn && len(s.snap.Roles) > 1:
		s.question, s.answered = view.AskRole, false
		s.printRoles(s.snap.Roles)
	}
	return nil
}

func (s *sitting) escape(ctx context.Context) error {
	if s.n > 0 {
		s.wipe()
		s.print("\n")
		s.reopen()
		return nil
	}
	s.print("\n")
	if s.question == view.AskPIN {
		return s.do(ctx, agent.CancelPIN{Gen: s.gen})
	}
	if s.snap.Phase != agent.ChoosingRole { // a change of role that was thought better of
		s.question = view.NoQuestion
	}
	return nil
}

// reopen prints the question, and what is typed already.
func (s *sitting) reopen() {
	if s.question == view.AskPIN {
		s.print("  Passcode: ")
	} else {
		s.print("  Number or letters, Enter for the first: ")
	}
	s.echo(s.typed[:s.n])
}

func (s *sitting) enter(ctx context.Context) error {
	defer s.wipe()
	if s.question == view.AskPIN {
		if s.n == 0 {
			s.reopen()
			return nil
		}
		s.answered = true
		return s.do(ctx, agent.SubmitPIN{Gen: s.gen, PIN: card.CopyPIN(s.typed[:s.n])})
	}
	text := string(s.typed[:s.n])
	fit := view.Filter(s.snap.Roles, text)
	if i, err := strconv.Atoi(text); err == nil && i >= 1 && i <= len(s.snap.Roles) {
		fit = s.snap.Roles[i-1 : i]
	}
	switch {
	case len(fit) == 0:
		s.print("  No role fits %q. Try part of the place, or the code.\n", text)
		s.wipe()
		s.reopen()
		return nil
	case len(fit) > 1 && text != "":
		s.wipe()
		s.printRoles(fit)
		return nil
	default:
		s.answered = true
		if s.snap.Phase != agent.ChoosingRole { // a change of role: nothing more is asked
			s.question = view.NoQuestion
		}
		return s.do(ctx, agent.ChooseRole{ID: fit[0].ID})
	}
}
