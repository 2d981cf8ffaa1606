package agent

import (
	"time"

	"lanyard/broker"
	"lanyard/card"
)

// CareKind is something done to a card besides signing on.
type CareKind int

// The kinds.
const (
	NoCare      CareKind = iota
	PINChange            // its holder sets a new passcode
	CardUnblock          // a new passcode is set with the PUK
)

// String names the kind for logs and programs.
func (k CareKind) String() string {
	return [...]string{"none", "pin-change", "unblock"}[k]
}

// Care is what can be done to the card that counts, and what became of it.
type Care struct {
	CanChange  bool     // the card lets its holder set a new passcode
	CanUnblock bool     // it takes a PUK
	Busy       CareKind // under way
	Done       CareKind // what was done last to this insertion and took effect
	Refused    CareKind // what was tried last to this insertion and did not; Problem tells why
	Problem    *Problem // nil unless Refused is set
}

// CertView is a certificate of the card that counts.
type CertView struct {
	Purpose     card.Purpose
	Holder      string // common name of its subject
	Issuer      string // common name of its issuer
	Serial      string // hexadecimal
	Key         string // "RSA 2048", "P-256"
	From, Until time.Time
}

// PlacesView is where else the user is signed on, as far as it was asked.
type PlacesView struct {
	At      time.Time      // when the server was last asked; zero: never
	Others  []broker.Place // without this desk's own session, the newest first
	Ending  string         // ID of the one being ended
	Problem *Problem       // why the server did not tell
}

// KeypadView is a passcode that is being typed on the reader's own keys.
type KeypadView struct{ Until time.Time }

// Requests of the card's holder.
type (
	// ChangePIN sets a new passcode. The agent takes both over and wipes them.
	ChangePIN struct {
		Gen      card.Generation
		Old, New *card.PIN
	}
	// Unblock sets a new passcode with the PUK. The agent takes both over and
	// wipes them.
	Unblock struct {
		Gen      card.Generation
		PUK, New *card.PIN
	}
	// StartKeypad has the reader ask for the passcode on its own keys: for the
	// last try, which is never begun unasked.
	StartKeypad struct{ Gen card.Generation }
	// Lock withholds the ticket and asks for the passcode of the same card; the
	// session is kept, whatever the mode.
	Lock struct{}
	// LookForPlaces asks the server where else the user is signed on.
	LookForPlaces struct{}
	// EndPlace ends the user's session in another place.
	EndPlace struct{ ID string }
	// Shown tells that the question for the passcode is to be seen, for the
	// time from card to question.
	Shown struct{ Gen card.Generation }
)

func (ChangePIN) request()     {}
func (Unblock) request()       {}
func (StartKeypad) request()   {}
func (Lock) request()          {}
func (LookForPlaces) request() {}
func (EndPlace) request()      {}
func (Shown) request()         {}
