package agent

import (
	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/card"
)

// Input is something that happened: at the readers, at the desk, or as the
// result of an effect. Results name the seat or session that they belong to: a
// card has a new seat each time it begins to count, so that every insertion has
// one of its own, and a card that gave way to another has a new one when it
// counts again.
type Input interface{ input() }

// The inputs.
type (
	// CardEvent is an event at the readers.
	CardEvent struct{ card.Event }
	// Asked is a request of a person or program.
	Asked struct{ Request }
	// Stop ends everything: the agent was told to stop.
	Stop struct{}
	// Fired is a timer that ran out.
	Fired struct {
		Timer Timer
		Seq   uint64
	}

	// CardRead is the result of [Read].
	CardRead struct {
		Seat  uint64
		Facts Facts
		Err   error
	}
	// Activated is the result of [Activate].
	Activated struct {
		Seat       uint64
		Activation *client.Activation
		Err        error
	}
	// Signed is the result of [Sign].
	Signed struct {
		Seat   uint64
		Answer []byte // CMS
		Err    error
	}
	// KeysBegun tells that the reader waits for its keys, for a [Sign].
	KeysBegun struct{ Seat uint64 }
	// Tended is the result of [Tend].
	Tended struct {
		Seat    uint64
		Kind    CareKind
		Retries int // tries left after it took effect, -1 where the card does not tell
		Err     error
	}
	// Validated is the result of [Validate].
	Validated struct {
		Seat uint64
		On   *client.SignOn
		Uses map[broker.RoleProfileID]Use
		Err  error
	}
	// Selected is the result of [Select].
	Selected struct {
		Session uint64
		Role    broker.RoleProfileID
		Mode    broker.SSBMode
		Err     error
	}
	// KeptAlive is the result of [KeepAlive].
	KeptAlive struct {
		Session uint64
		Err     error
	}
	// Looked is the result of [Look].
	Looked struct {
		Session uint64
		Places  []broker.Place
		Err     error
	}
	// EndedElsewhere is the result of [EndElsewhere].
	EndedElsewhere struct {
		Session uint64
		ID      string
		Err     error
	}
	// Noticed is what a request outside of the loop found out about a session:
	// it is over, or (without an error) it may be.
	Noticed struct {
		Session uint64
		Err     error
	}
	// LoggedOut is the result of [Logout].
	LoggedOut struct {
		Session uint64
		Err     error
	}
)

func (CardEvent) input()      {}
func (Asked) input()          {}
func (Stop) input()           {}
func (Fired) input()          {}
func (CardRead) input()       {}
func (Activated) input()      {}
func (Signed) input()         {}
func (KeysBegun) input()      {}
func (Tended) input()         {}
func (Validated) input()      {}
func (Selected) input()       {}
func (KeptAlive) input()      {}
func (Looked) input()         {}
func (EndedElsewhere) input() {}
func (Noticed) input()        {}
func (LoggedOut) input()      {}
