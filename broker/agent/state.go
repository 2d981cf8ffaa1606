package agent

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

// Rules are what never changes while the agent runs.
type Rules struct {
	Mode        Mode
	Environment Environment
}

// Use is how often and when a person last used a role on this desk.
type Use struct {
	Count int
	Last  time.Time
}

// Facts is what was read from a card without its PIN.
type Facts struct {
	Token   card.TokenID
	Label   string
	UID     broker.UID
	Key     card.Key // the authentication key
	Retries int      // -1 where the card does not tell
	Virtual bool

	Certs      []CertView    // of all its keys; also of a card that cannot sign on
	CanChange  bool          // its holder can set a new passcode here
	CanUnblock bool          // a PUK can be typed here
	Keypad     time.Duration // how long the reader waits for its own keys; 0: it has none
}

// State is all that the agent knows. It is a value: [Step] never changes the
// one it was given. It holds tickets, and it cannot be printed.
type State struct {
	rules Rules

	looked   bool     // the card watcher has told something
	service  *Problem // why the reader service is not there
	readers  []card.ReaderID
	cards    []card.Event // what is in, Inserted and Mute, in order of coming
	use      cardUse
	try      attempt
	on       session
	owed     []owed
	unlock   bool // the desktop must be unlocked before the PIN is asked
	problem  *Problem
	contact  bool         // the server was tried
	trouble  failure.Code // of the last contact, empty when it went well
	armed    [timers]uint64
	due      [timers]time.Time
	seq      uint64 // of timers and sessions
	random   uint64
	stopping bool

	shown card.Generation // the newest whose question was seen
	left  person          // whose card was last taken out
}

// cardStage is how far a card has come.
type cardStage int

const (
	noCard cardStage = iota
	reading
	ready
	unusable
)

// cardUse is the card that counts.
type cardUse struct {
	seat     uint64 // of this card since it began to count
	event    card.Event
	stage    cardStage
	facts    Facts
	keep     bool // the problem stays over this reading
	tries    int  // readings that failed
	fetching bool // an Activate is under way
	fetches  int  // that failed, one after the other
	act      *client.Activation
	got      time.Time // when act came
	care     care
	calm     bool // nothing is asked after this reading that was not asked before
	hold     bool // the reader's keys are not begun before a person asks

	came   time.Time  // when it began to count
	seen   time.Time  // when its question was seen, if that is measured
	before broker.UID // who was here before it; empty once that was measured
}

// person is who was at the desk, and until when.
type person struct {
	uid  broker.UID
	till time.Time
}

// care is what is done to the card besides signing on, and how it ended.
type care struct {
	busy, done, refused CareKind
	problem             *Problem
}

// gen is the generation of the card that counts, 0 for none.
func (u cardUse) gen() card.Generation { return u.event.Gen }

// attemptKind is what an attempt is for.
type attemptKind int

const (
	noAttempt attemptKind = iota
	signOn
	resume
	renew
)

// attemptStage is how far an attempt has come.
type attemptStage int

const (
	asking attemptStage = iota // for the PIN; typed already when pin is set
	signing
	validating
)

// attempt is a sign-on under way with the card that counts.
type attempt struct {
	kind  attemptKind
	stage attemptStage
	pin   *card.PIN // typed before the challenge was there
	typed time.Time // when the PIN was, zero where it was on the reader
	keys  bool      // a person wants the reader's keys to begin
	until time.Time // when the reader stops waiting for its keys, while it does
}

// session is what the server gave, 0 as its serial for none.
type session struct {
	serial   uint64
	on       *client.SignOn
	card     card.Generation // 0 while the card is out
	cert     []byte          // of the authentication key that signed
	token    card.TokenID
	roles    []RoleView
	role     broker.RoleProfileID // the selected one
	mode     broker.SSBMode
	want     broker.RoleProfileID // the one being selected
	wantMode broker.SSBMode
	busy     bool // a Select is under way
	touching bool // a KeepAlive is under way
	fails    int  // keep alives or selections that failed, one after the other
	offline  bool
	locked   bool
	renewed  bool // it took the place of an earlier session of the same person
	since    time.Time
	until    time.Time
	grants   []Grant
	places   PlacesView
	looking  bool // for the places
}

// owed is a logout that the server does not know of yet.
type owed struct {
	serial uint64
	on     *client.SignOn
	until  time.Time
	busy   bool
	fails  int
}

// NewState is the state of an agent that has seen nothing yet. The seed makes
// the jitter of its pauses.
func NewState(r Rules, seed uint64) State { return State{rules: r, random: seed} }

// Phase is where the desk stands; it follows from the rest.
func (s State) Phase() Phase {
	switch {
	case s.on.serial == 0:
		return s.phaseWithout()
	case s.on.locked:
		return s.phaseLocked()
	case s.try.kind == renew:
		return Renewing
	case s.on.role == "" && s.on.want == "":
		return ChoosingRole
	case s.on.role == "" && s.on.renewed:
		return Renewing
	case s.on.role == "":
		return SigningOn
	case s.on.offline:
		return Offline
	default:
		return SignedOn
	}
}

// phaseWithout is the phase where there is no session.
func (s State) phaseWithout() Phase {
	switch {
	case len(s.readers) == 0 && s.use.stage == noCard:
		return NoReader
	case s.use.stage == reading:
		return Reading
	case s.try.kind == noAttempt:
		return NoCard
	case s.asks():
		return NeedPIN
	default:
		return SigningOn
	}
}

// phaseLocked is the phase of a session that waits for its card.
func (s State) phaseLocked() Phase {
	switch {
	case s.use.stage == reading:
		return Reading
	case s.try.kind == noAttempt:
		return Locked
	case s.asks():
		return NeedPIN
	default:
		return SigningOn
	}
}

// asks tells whether a person is asked for the PIN, here or by the reader.
func (s State) asks() bool {
	if s.try.kind == noAttempt {
		return false
	}
	return s.try.stage == asking && s.try.pin == nil || s.onKeys()
}

// onKeys tells whether the card signs with what is typed on the reader.
func (s State) onKeys() bool {
	return s.try.kind != noAttempt && s.try.stage == signing && s.use.facts.Keypad > 0
}

// takesPIN tells whether a PIN can be typed here.
func (s State) takesPIN() bool {
	return s.asks() && s.use.facts.Keypad == 0 && s.use.care.busy == NoCare
}

// usable tells whether there is a session whose ticket may be used.
func (s State) usable() bool {
	return s.on.serial != 0 && !s.on.locked && s.on.role != "" && s.on.on != nil
}

// ticket is what applications may have, zero where there is nothing.
func (s State) ticket() broker.Ticket {
	if !s.usable() {
		return broker.Ticket{}
	}
	return s.on.on.Ticket
}

// String names phase and card, for logs.
func (s State) String() string {
	return fmt.Sprintf("%s, card %d, session %d, %d logouts owed", s.Phase(), s.use.gen(), s.on.serial, len(s.owed))
}

// Format keeps tickets and PINs out of whatever prints a state.
func (s State) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue keeps tickets and PINs out of logs.
func (s State) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText refuses: a state holds tickets.
func (State) MarshalText() ([]byte, error) { return nil, errEncoded }
