package piv

import (
	"context"
	"log/slog"
	"time"

	"lanyard/card"
)

// Transport carries commands to one inserted card. pcsc.Conn is the one of the
// product. The errors are those of package card; after a removal every method
// that can fail returns [card.ErrRemoved].
type Transport interface {
	// Transmit sends one command and returns the answer with its status word. An
	// answer of no octets is a card that did not answer.
	// The command is the caller's, who wipes it.
	Transmit(ctx context.Context, command []byte) ([]byte, error)
	// Begin keeps other programs away from the card until End. It is
	// [card.ErrReset] where another program reset the card since the last
	// command; nothing is held then.
	Begin(ctx context.Context) error
	End()
	// Disconnect gives the card back, after a reset if reset is set. It is safe
	// to call twice.
	Disconnect(reset bool) error
}

// A Keyed transport is one whose reader may have keys of its own, on which a
// PIN is typed that never comes into this process. pcsc.Conn is one. Both
// methods are for use between Begin and End.
type Keyed interface {
	Transport
	// Keypad tells whether the reader has keys, and how long it waits for them.
	Keypad(ctx context.Context) (wait time.Duration, ok bool, err error)
	// VerifyOnKeypad has the reader wait for a PIN of least to most digits, put
	// them into the command from the first octet of its data on, and send it.
	// The answer is the card's, or the reader's own (PC/SC part 10: 6400, 6401,
	// 6402, 6403, 6B80) where nothing was sent; nor was it when the error is
	// [card.ErrBusy] or [card.ErrUnsupported].
	VerifyOnKeypad(ctx context.Context, command []byte, least, most int) ([]byte, error)
}

// A Connector connects to an inserted card.
type Connector interface {
	Connect(ctx context.Context, ev card.Event) (Transport, error)
}

// ConnectFunc makes a Connector of a function.
type ConnectFunc func(ctx context.Context, ev card.Event) (Transport, error)

// Connect calls the function.
func (f ConnectFunc) Connect(ctx context.Context, ev card.Event) (Transport, error) {
	return f(ctx, ev)
}

// Options are the policies of an [Opener].
type Options struct {
	// KeepPINState leaves the card's PIN state up after a signature: a card
	// that takes the PIN once is then not asked for it again until it is pulled
	// or reset, by whatever program.
	KeepPINState bool
	// Log gets what does not fail an operation. Nil is silence.
	Log *slog.Logger
}

// Opener opens PIV cards.
type Opener struct {
	c Connector
	o Options
}

var _ card.Opener = (*Opener)(nil)

// NewOpener returns an opener of cards that c connects to.
func NewOpener(c Connector, o Options) *Opener {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Opener{c: c, o: o}
}

// Open opens an inserted card and reads its certificates. A card that is no PIV
// card is [card.ErrUnsupported].
func (o *Opener) Open(ctx context.Context, ev card.Event) (card.Token, error) {
	t, err := open(ctx, func(ctx context.Context) (Transport, error) { return o.c.Connect(ctx, ev) }, o.o)
	if err != nil {
		return nil, err
	}
	return t, nil
}
