package fault

import (
	"fmt"
	"time"
)

// Script is what a card is to do wrong. A nil Script does nothing wrong.
type Script struct {
	rules   []rule
	expired bool
	locked  bool
}

// Expired tells whether the card is to show its certificates that are out of date.
func (s *Script) Expired() bool { return s != nil && s.expired }

// Locked tells whether the card is to say that no PIN try is left.
func (s *Script) Locked() bool { return s != nil && s.locked }

// rule is one line of a script: when, and what.
type rule struct {
	command Command
	nth     int // 0: every one
	act     act
}

// deed is what a card does wrong.
type deed int

const (
	delay deed = iota
	pull
	mute
	reset
	refuse
	answer
)

// act is a deed with its values.
type act struct {
	deed   deed
	after  bool          // the card carries the command out first; its answer is lost
	delay  time.Duration // delay
	tries  int           // refuse: tries said to be left
	status uint16        // answer
}

// Error is what is wrong with a script.
type Error struct {
	Line, Column int // both from 1; the column counts octets
	Problem      string
}

// Error tells where and what.
func (e *Error) Error() string {
	return fmt.Sprintf("fault script, line %d, column %d: %s", e.Line, e.Column, e.Problem)
}
