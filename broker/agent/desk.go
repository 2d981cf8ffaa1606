package agent

import (
	"context"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/card"
)

// Phase is where the desk stands.
type Phase int

// The phases.
const (
	NoReader     Phase = iota
	NoCard             // or one that is not asked for: it cannot be used, was cancelled or signed out; then Snapshot.Card tells
	Reading            // the card's certificates are being read
	NeedPIN            // a person is asked for the passcode
	SigningOn          // the card signs, the server validates
	ChoosingRole       // a person is asked for the role
	SignedOn
	Renewing // a new sign-on while the session goes on (getNewTicket)
	Offline  // signed on, and the server cannot be reached
	Locked   // the session is kept; the card is out, or a person locked the desk
)

// String names the phase for logs and programs.
func (p Phase) String() string {
	names := [...]string{"no-reader", "no-card", "reading", "need-pin", "signing-on", "choosing-role", "signed-on", "renewing", "offline", "locked"}
	if p < 0 || int(p) >= len(names) {
		return "phase-without-name"
	}
	return names[p]
}

// Mode is what happens when the card is taken out: policy of the site.
type Mode int

// The modes, the default first.
const (
	Normal          Mode = iota // the session ends everywhere
	EnhancedNormal              // the session ends; the PIN is asked after the operating system was unlocked
	LockPersistence             // the desk locks, the session is kept; the same card and PIN resume it
	Mobility                    // the session stays, timers ask
)

// String names the mode as configuration writes it.
func (m Mode) String() string {
	names := [...]string{"normal", "enhanced-normal", "lock-persistence", "mobility"}
	if m < 0 || int(m) >= len(names) {
		return "mode-without-name"
	}
	return names[m]
}

// Problem is what is wrong; its words are made where it is shown.
type Problem struct {
	Code    failure.Code
	Retries int    // tries left for PIN and PUK codes
	Detail  string // data to name it by: a reader, a host, a date; never a PIN, ticket or key
	Ref     string // an id by which a server's log finds it
}

// Environment is the profile in use; it is visible at all times.
type Environment struct {
	Name   string // "live", "training", "development", "integration", "local"
	Live   bool
	Colour string // of its banner, "#rrggbb"
	Host   string // the server's host and port
}

// CardView is the card in the reader, as far as it was read.
type CardView struct {
	Gen     card.Generation
	Reader  card.ReaderID
	Token   card.TokenID
	Label   string
	UID     broker.UID
	Retries int       // PIN tries left, -1 where the card does not tell
	Expires time.Time // of the authentication certificate
	Virtual bool
	Keypad  bool       // its passcode is typed on the reader's own keys
	Certs   []CertView // without a fixed order; empty until it was read
}

// RoleView is one role to choose from.
type RoleView struct {
	ID       broker.RoleProfileID
	Name     string // `"Clinical":"Clinical Provision":"Nurse Access Role"`, as the server wrote it
	OrgCode  string
	OrgName  string
	LastUsed time.Time // zero: never on this desk
	Uses     int
}

// LinkState is how one link of the chain does.
type LinkState int

// The states of a link.
const (
	NotReached LinkState = iota // behind a broken one, or not tried yet
	LinkOK
	LinkBroken
)

// Links is the chain from the card to the directory.
type Links struct{ Card, Reader, Network, Server, Directory LinkState }

// Grant is an application that took a ticket.
type Grant struct {
	Application string
	At          time.Time
}

// Snapshot is all that a desk shows. It holds no PIN and no ticket.
type Snapshot struct {
	Seq          uint64 // grows with every change
	Phase        Phase
	Problem      *Problem
	Environment  Environment
	Mode         Mode
	Readers      []card.ReaderID
	Card         *CardView
	UID          broker.UID
	UserName     string
	Roles        []RoleView // the last and most used first
	Role         *RoleView  // the selected one
	Since, Until time.Time  // of the session; Until is when maximum time ends it
	NextTry      time.Time  // while Offline
	Links        Links
	Grants       []Grant

	Looking   bool           // at the readers for the first time: nothing is known of them yet
	PINWanted bool           // a passcode is to be typed here: in NeedPIN, and in Renewing until it was
	RoleMode  broker.SSBMode // in which Role was selected
	Unlock    bool           // the PIN is asked once the operating system was unlocked
	Owed      int            // sessions that are over here and that the server does not know to be
	Care      Care           // of the card that counts
	Places    PlacesView     // of the user who is signed on
	Keypad    *KeypadView    // set while the reader waits for its keys
}

// Request is something a person or program asks of the agent.
type Request interface{ request() }

// The requests.
type (
	// SubmitPIN gives the passcode for the card of a generation. The agent
	// takes the PIN over and wipes it.
	SubmitPIN struct {
		Gen card.Generation
		PIN *card.PIN
	}
	// CancelPIN closes the question for the PIN.
	CancelPIN struct{ Gen card.Generation }
	// AskPIN opens it again for a card that is in (after a cancel, a wrong one,
	// or an ended session; at a desk that a person locked). A reader with its
	// own keys asks at once, unless one try is left: see [StartKeypad].
	AskPIN struct{}
	// ChooseRole selects a role: at sign-on, or later without the PIN.
	ChooseRole struct {
		ID   broker.RoleProfileID
		Mode broker.SSBMode
	}
	// SignOut ends the session here and at the server; the card may stay in.
	SignOut struct{}
	// TryNow cuts a pause before the next try short.
	TryNow struct{}
	// Granted records that an application took the ticket.
	Granted struct{ Application string }
	// DesktopUnlocked tells that the operating system was unlocked.
	DesktopUnlocked struct{}
	// SignOnAgain authenticates again with the card (getNewTicket).
	SignOnAgain struct{}
)

func (SubmitPIN) request()       {}
func (CancelPIN) request()       {}
func (AskPIN) request()          {}
func (ChooseRole) request()      {}
func (SignOut) request()         {}
func (TryNow) request()          {}
func (Granted) request()         {}
func (DesktopUnlocked) request() {}
func (SignOnAgain) request()     {}

// Desk is the agent as a window, a terminal or a test sees it: snapshots out,
// requests in, plain values that could cross a socket.
type Desk interface {
	// Watch calls show with the present state, then with the latest one after
	// each change, until ctx ends. A slow show misses states in between, never
	// the last, and never blocks the agent.
	Watch(ctx context.Context, show func(Snapshot)) error
	// Do hands a request in. It returns when the agent has taken it, not when
	// its effects are done; a request that does not fit the phase is an error.
	Do(ctx context.Context, r Request) error
}
