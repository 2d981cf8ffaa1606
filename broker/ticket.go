package broker

import (
	"errors"
	"fmt"
	"log/slog"
)

// MaxTicket is the longest ticket, in octets: clients have a buffer of 254.
const MaxTicket = 253

// Ticket is an SSO token: whoever holds it is the user. It cannot be printed,
// logged or encoded by accident; wire code asks for it with Reveal.
type Ticket struct{ text string }

// NewTicket wraps the text of a ticket.
func NewTicket(text string) Ticket { return Ticket{text} }

// Reveal returns the ticket itself, for the wire only.
func (t Ticket) Reveal() string { return t.text }

// IsZero tells whether there is no ticket.
func (t Ticket) IsZero() bool { return t.text == "" }

const hidden = "[ticket]"

// String hides the ticket.
func (Ticket) String() string { return hidden }

// GoString hides the ticket.
func (Ticket) GoString() string { return hidden }

// Format hides the ticket, whatever the verb.
func (Ticket) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the ticket.
func (Ticket) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText refuses: a ticket is encoded by wire code, on purpose.
func (Ticket) MarshalText() ([]byte, error) { return nil, errors.New("a ticket is never encoded") }

// SSBMode is the mode a role was selected in (ssbMode on the wire).
type SSBMode int

// The modes of the wire.
const (
	LiveMode     SSBMode = 0
	TrainingMode SSBMode = 1
)

// ChallengeSize is how many octets a challenge has. The agent signs challenges
// of exactly this size and nothing else with the authentication key.
const ChallengeSize = 48
