package agent

import (
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/card"
)

// Effect is something to be done outside of [Step]. Those with a result bring
// it back as an [Input].
type Effect interface{ effect() }

// The effects.
type (
	// Read opens a card and reads what can be had without the PIN.
	Read struct {
		Seat  uint64
		Event card.Event
	}
	// Activate asks the server for a challenge.
	Activate struct{ Seat uint64 }
	// Sign has the card sign a challenge. It takes the PIN over.
	Sign struct {
		Seat       uint64
		Key        card.Key
		PIN        *card.PIN
		Activation *client.Activation
		Resume     bool          // a session is resumed by it, none is made
		Keypad     time.Duration // the reader is asked for the PIN and waits this long; PIN is nil
	}
	// Tend sets a new PIN by the old one or the PUK. It takes both over.
	Tend struct {
		Seat        uint64
		Kind        CareKind
		Secret, New *card.PIN
	}
	// Validate hands the signed challenge to the server. It is not cut short
	// when the card is pulled: a session would be left that nobody can end.
	Validate struct {
		Seat       uint64
		Activation *client.Activation
		UID        broker.UID
		Answer     []byte
	}
	// Select selects a role on a session.
	Select struct {
		Session uint64
		Ticket  broker.Ticket
		Role    broker.RoleProfileID
		Mode    broker.SSBMode
	}
	// KeepAlive touches a session at the server.
	KeepAlive struct {
		Session uint64
		On      *client.SignOn
	}
	// Logout ends a session at the server.
	Logout struct {
		Session uint64
		On      *client.SignOn
	}
	// Look asks the server where else the user is signed on.
	Look struct {
		Session uint64
		Ticket  broker.Ticket
	}
	// EndElsewhere ends one of the user's other sessions.
	EndElsewhere struct {
		Session uint64
		Ticket  broker.Ticket
		ID      string
	}
	// Abandon ends what is under way for a session that is over.
	Abandon struct{ Session uint64 }
	// Forget ends what is under way for a card that is gone, and closes it.
	Forget struct{ Seat uint64 }
	// Wipe overwrites a PIN that will not be used.
	Wipe struct{ PIN *card.PIN }
	// Remember notes that a person used a role.
	Remember struct {
		UID  broker.UID
		Role broker.RoleProfileID
	}
	// Measured notes how long something took a person.
	Measured struct {
		Measure Measure
		Took    time.Duration
	}
	// Arm starts a timer anew; its end is [Fired] with the same number.
	Arm struct {
		Timer Timer
		Seq   uint64
		After time.Duration
	}
	// Disarm stops a timer.
	Disarm struct{ Timer Timer }
)

func (Read) effect()         {}
func (Activate) effect()     {}
func (Sign) effect()         {}
func (Tend) effect()         {}
func (Validate) effect()     {}
func (Select) effect()       {}
func (KeepAlive) effect()    {}
func (Logout) effect()       {}
func (Look) effect()         {}
func (EndElsewhere) effect() {}
func (Abandon) effect()      {}
func (Forget) effect()       {}
func (Wipe) effect()         {}
func (Remember) effect()     {}
func (Measured) effect()     {}
func (Arm) effect()          {}
func (Disarm) effect()       {}

// Timer is one of the agent's few alarm clocks.
type Timer int

// The timers.
const (
	ChallengeTimer Timer = iota // the challenge is too old for a person still typing
	FetchTimer                  // the next try to get a challenge
	CardTimer                   // the next try to read the card
	SelectTimer                 // the next try to select the role
	AliveTimer                  // the next keep alive
	MaxTimer                    // the session's maximum time
	LogoutTimer                 // the next try of the logouts that are owed
	timers
)
