package card

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// Limits of a passcode, in octets. Cards of the service take 6 to 8 digits
// since 2023; older ones took letters and as few as 4.
const (
	MinPIN = 4
	MaxPIN = 8
)

// PIN holds the octets of a passcode or PUK and wipes them. It cannot be
// printed, logged or encoded. It is not safe for concurrent use.
type PIN struct{ octets []byte }

// NewPIN takes over octets: the caller must not keep or use them.
func NewPIN(octets []byte) *PIN { return &PIN{octets: octets} }

// Octets returns the PIN itself, valid until Wipe. Do not copy it into a string.
func (p *PIN) Octets() []byte {
	if p == nil {
		return nil
	}
	return p.octets
}

// Len returns how many octets the PIN has.
func (p *PIN) Len() int { return len(p.Octets()) }

// CopyPIN makes a PIN of a copy of octets, which stay the caller's to wipe.
func CopyPIN(octets []byte) *PIN {
	b := SecretBuffer(len(octets))
	return NewPIN(append(b, octets...))
}

// SecretBuffer returns an empty buffer for a secret of up to n octets, to be
// wiped by the caller. It stands on the heap from the start, which the compiler
// may not know better: what stands on a stack leaves a copy behind where the
// stack is moved, and nobody can wipe that.
//
//go:noinline
func SecretBuffer(n int) []byte { return make([]byte, 0, n) }

// Clone returns a copy with a life of its own.
func (p *PIN) Clone() *PIN { return CopyPIN(p.Octets()) }

// Wipe overwrites the octets. It is safe on nil and to call twice.
func (p *PIN) Wipe() {
	if p == nil {
		return
	}
	clear(p.octets[:cap(p.octets)])
	p.octets = nil
}

// Check tells whether the PIN can be sent to a card at all, without spending a
// try: 4 to 8 octets of printable ASCII. The error is [ErrPINFormat].
func (p *PIN) Check() error {
	if n := p.Len(); n < MinPIN || n > MaxPIN {
		return fmt.Errorf("%w: %d characters, a passcode has %d to %d", ErrPINFormat, n, MinPIN, MaxPIN)
	}
	for _, c := range p.Octets() {
		if c < 0x21 || c > 0x7e {
			return fmt.Errorf("%w: it holds a character no card takes", ErrPINFormat)
		}
	}
	return nil
}

const hidden = "[PIN]"

// String hides the PIN.
func (*PIN) String() string { return hidden }

// GoString hides the PIN.
func (*PIN) GoString() string { return hidden }

// Format hides the PIN, whatever the verb.
func (*PIN) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue hides the PIN.
func (*PIN) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText refuses: a PIN is never encoded.
func (*PIN) MarshalText() ([]byte, error) { return nil, errors.New("a PIN is never encoded") }

// PINPrompt is what the person who is asked for a PIN is told.
type PINPrompt struct {
	Token   TokenID
	Label   string // the card's label
	Purpose Purpose
	Retries int  // tries left, -1 where the card does not tell
	Last    bool // the next wrong one locks the card
	Count   int  // how many signatures this PIN is asked for, at least 1
}

// PINSource asks for a PIN. The token wipes what it returns. A person who
// closes the prompt is [ErrCancelled].
type PINSource interface {
	PIN(ctx context.Context, p PINPrompt) (*PIN, error)
}

// PINFunc makes a PINSource of a function.
type PINFunc func(ctx context.Context, p PINPrompt) (*PIN, error)

// PIN calls the function.
func (f PINFunc) PIN(ctx context.Context, p PINPrompt) (*PIN, error) { return f(ctx, p) }

// OnePIN returns a source that gives pin out once and [ErrPINSpent] afterwards:
// a typed PIN is never sent again once it was refused or its outcome is
// unknown. The source owns pin: whoever made it calls the returned wipe when
// the operation is over, whether or not the PIN was asked for.
func OnePIN(pin *PIN) (src PINSource, wipe func()) {
	spent := false
	return PINFunc(func(context.Context, PINPrompt) (*PIN, error) {
		if spent || pin.Len() == 0 {
			return nil, ErrPINSpent
		}
		spent = true
		return pin, nil
	}), pin.Wipe
}
