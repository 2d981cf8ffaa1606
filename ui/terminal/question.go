package terminal

import (
	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// question is what a person is asked for at the moment.
type question int

// The questions: those that the desk asks, then those of a person's own.
const (
	nothing question = iota
	forPIN
	forRole   // a person's own where the role is changed
	forUnlock // Enter, once the computer was unlocked
	forReader // Enter, and the reader asks on its own keys
	forOld    // passcode
	forPUK
	forNew
	forAgain
	forPlace
)

// secret tells whether what is typed is not shown.
func (q question) secret() bool { return q == forPIN || q >= forOld && q <= forAgain }

// label is what stands before the answer.
func (q question) label() words.Key {
	return map[question]words.Key{
		forPIN: words.Passcode, forRole: words.TermPickRole, forUnlock: words.TermUnlocked, forReader: words.TermReader,
		forOld: words.CareOld, forPUK: words.CarePUK, forNew: words.CareNew, forAgain: words.CareAgain, forPlace: words.TermPickPlace,
	}[q]
}

// questionOf tells what the desk asks, and for which insertion.
func questionOf(s agent.Snapshot) (question, card.Generation) {
	q, gen := view.QuestionOf(s)
	switch {
	case q == view.AskPIN:
		return forPIN, gen
	case q == view.AskRole:
		return forRole, gen
	case s.Unlock && s.Phase == agent.NoCard:
		return forUnlock, gen
	case readerRests(s) && (s.Problem != nil || s.Card.Retries == 1):
		return forReader, gen
	default:
		return nothing, gen
	}
}

// readerRests tells whether a reader with its own keys does not ask, and would.
func readerRests(s agent.Snapshot) bool {
	return s.Phase == agent.NeedPIN && s.Card != nil && s.Card.Keypad && s.Keypad == nil
}

// open begins a question of the person's own.
func (s *sitting) open(q question) {
	s.wipe()
	s.question, s.own, s.answered = q, true, false
	s.reopen()
}

// leave ends a question of the person's own.
func (s *sitting) leave() {
	s.wipe()
	s.form.wipe()
	s.question, s.own = nothing, false
}

// wanted tells whether an answer is wanted: a pipe's next line waits for it.
func (s *sitting) wanted() bool { return s.question != nothing && !s.answered }
