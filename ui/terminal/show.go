package terminal

import (
	"fmt"
	"math"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// show prints what changed and opens or closes the question.
func (s *sitting) show(snap agent.Snapshot) {
	if snap.Looking {
		return // nothing is known yet that a person could act on
	}
	q, gen := questionOf(snap)
	if q == nothing && s.own && gen == s.gen && snap.Phase == s.snap.Phase {
		q = s.question // of the person's own, which stays
	} else {
		s.own = false
	}
	st := s.statusOf(snap)
	news := s.news(st, snap)
	changed := q != s.question || gen != s.gen
	if changed {
		s.wipe()
		s.form.wipe()
	}
	waits := newlyWaits(s.snap.Keypad, snap.Keypad)
	s.snap, s.question, s.gen = snap, q, gen
	if changed || news {
		s.answered = false
		s.endLine()
	}
	s.shown, s.role = st, roleOf(snap)
	if news {
		s.printStatus(st)
	}
	if waits {
		s.printKeypad()
	}
	if changed || news {
		s.ask()
	}
	s.outcome()
	s.placesCame()
}

// ask prints the question that is open.
func (s *sitting) ask() {
	switch {
	case s.question == nothing:
	case s.question == forRole && !s.own:
		s.printRoles(s.snap.Roles)
		s.reopen()
	default:
		s.reopen()
	}
}

// statusOf is what the desk says. One that is locked with its card in asks for
// the passcode, not for the card.
func (s *sitting) statusOf(snap agent.Snapshot) view.Status {
	if snap.Phase == agent.Locked && snap.Card != nil && snap.Problem == nil {
		return view.Status{Title: s.text(words.UnlockHere, "name", snap.UserName), Sentence: s.text(words.UnlockSentence)}
	}
	return view.StatusOf(s.desk.Words, snap)
}

// news tells whether a person is told something that was not said before: a
// later time of the next try is none, another role is.
func (s *sitting) news(st view.Status, snap agent.Snapshot) bool {
	was := s.shown
	if st.Title == was.Title && st.Code == was.Code && snap.Phase == agent.Offline {
		return false
	}
	return st != was || snap.Phase == agent.SignedOn && roleOf(snap) != s.role
}

// roleOf returns the selected role, or nothing.
func roleOf(snap agent.Snapshot) broker.RoleProfileID {
	if snap.Role == nil {
		return ""
	}
	return snap.Role.ID
}

func (s *sitting) printStatus(st view.Status) {
	s.print("[%s] %s %s", view.Banner(s.desk.Words, s.snap.Environment), sentence(st.Title), st.Sentence)
	if st.Code != "" {
		s.print(" [%s]", st.Code)
	}
	if st.Known != "" {
		s.print(" (%s)", s.text(words.TermAlso, "code", st.Known))
	}
	s.print("\n")
	if s.snap.Phase == agent.SignedOn {
		s.print("  %s\n", view.Person(s.desk.Words, s.snap))
	}
	s.printHints()
	if s.question == nothing && s.snap.Phase == agent.NoCard && s.snap.Card != nil && s.snap.Card.Retries == 0 {
		s.printKeys(s.cardKeys()) // a locked card: what unlocks it
	}
}

// newlyWaits tells whether the reader began to wait for its keys.
func newlyWaits(was, is *agent.KeypadView) bool {
	return is != nil && (was == nil || !was.Until.Equal(is.Until))
}

// printKeypad says that the passcode is typed on the reader, and for how long.
func (s *sitting) printKeypad() {
	left := max(0, int(math.Ceil(time.Until(s.snap.Keypad.Until).Seconds())))
	s.endLine()
	s.print("  %s: %s\n", s.text(words.KeypadType), s.desk.Words.Count(words.KeypadLeft, left))
}

// longList is how many roles are listed before a person types a few letters.
const longList = 20

func (s *sitting) printRoles(roles []agent.RoleView) {
	for i, r := range roles {
		if i == longList {
			s.print("  %s\n", s.desk.Words.Count(words.TermMoreRoles, len(roles)-longList))
			break
		}
		last := ""
		if !r.LastUsed.IsZero() {
			last = ", " + s.text(words.TermLastUsed, "date", s.desk.Words.Date(r.LastUsed))
		}
		s.print("%s\n", fmt.Sprintf("  %2d  %s, %s (%s)%s", i+1, view.RoleName(r), r.OrgName, r.OrgCode, last))
	}
}
