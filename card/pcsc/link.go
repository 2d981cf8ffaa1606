package pcsc

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"lanyard/card"

	"github.com/ebfe/scard"
)

// link is the PC/SC end of a connection. Only its worker touches it; every
// method may block for as long as the service does.
type link struct {
	context *scard.Context
	card    *scard.Card
	atr     []byte
	counter scard.State // the reader's event counter, where the service gives one
	locked  bool        // a transaction is held
	asked   bool        // the reader was asked for its keys
	keys    keypad      // which it has
}

// lookAgain are the times at which a failed exchange is looked into: pcscd
// finds out within 0.4 s that a card was pulled.
var lookAgain = [...]time.Duration{0, 150 * time.Millisecond, 350 * time.Millisecond}

// dial connects to the card in a reader, shared with other programs.
func dial(reader card.ReaderID) (*link, error) {
	op := fmt.Sprintf("connect to the card in %q", reader)
	context, err := establish()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	c, err := context.Connect(string(reader), scard.ShareShared, scard.ProtocolAny)
	if err != nil {
		_ = context.Release()
		return nil, failure(op, err)
	}
	l := &link{context: context, card: c}
	if p := c.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 {
		l.hangUp(false)
		return nil, fmt.Errorf("%s: %w: it speaks neither T=0 nor T=1", op, card.ErrUnsupported)
	}
	if err := l.identify(); err != nil {
		l.hangUp(false)
		return nil, failure(op, err)
	}
	return l, nil
}

// identify notes which card this is. One that was reset since the connection
// was made is as new.
func (l *link) identify() error {
	st, err := l.card.Status()
	if is(err, scard.ErrResetCard) {
		if err := l.card.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard); err != nil {
			return err
		}
		st, err = l.card.Status()
	}
	if err != nil {
		return err
	}
	l.atr, l.counter = st.Atr, st.State>>counterShift
	return nil
}

// hangUp gives the card back. Errors tell of a card or service that is gone.
func (l *link) hangUp(reset bool) {
	d := scard.LeaveCard
	if reset {
		d = scard.ResetCard
	}
	_ = l.card.Disconnect(d)
	_ = l.context.Release()
}

// begin begins a transaction. It blocks while another program has one.
func (l *link) begin() error {
	if err := l.card.BeginTransaction(); err != nil {
		return l.explain("take the card", err)
	}
	l.locked = true
	return nil
}

// end ends the transaction. An error tells of a card or service that is gone,
// or of a reset that ended it; the next command tells it, too.
func (l *link) end() {
	if l.locked {
		l.locked = false
		_ = l.card.EndTransaction(scard.LeaveCard)
	}
}

// transmit exchanges one command.
func (l *link) transmit(apdu []byte) ([]byte, error) {
	answer, err := l.card.Transmit(apdu)
	if err == nil && len(answer) < statusSize {
		// Some drivers (vpcd) tell so of a card that was pulled meanwhile.
		err = scard.ErrNotTransacted
	}
	if err != nil {
		return nil, l.explain("send a command to the card", err)
	}
	return answer, nil
}

// statusSize is the shortest answer: its status word.
const statusSize = 2

// explain finds out what a failure means. A reset by another program is taken
// note of, so that the connection can be used again.
func (l *link) explain(op string, err error) error {
	if is(err, scard.ErrResetCard) {
		return l.reconnect(op, err)
	}
	var code scard.Error
	if !errors.As(err, &code) || meaning(code) != nil {
		// Without a card in the reader this is a card that was in it.
		if is(err, scard.ErrNoSmartcard, scard.ErrUnknownReader) {
			return fmt.Errorf("%w: %w", card.ErrRemoved, failure(op, err))
		}
		return failure(op, err)
	}
	for _, d := range lookAgain {
		time.Sleep(d)
		if gone := l.look(); gone != nil {
			return fmt.Errorf("%w (after: %w)", gone, failure(op, err))
		}
	}
	return fmt.Errorf("%w: %w", card.ErrMute, failure(op, err))
}

// look asks the service how the card is. It returns nil for a card that is
// still there as far as the service knows.
func (l *link) look() error {
	st, err := l.card.Status()
	switch {
	case err == nil && l.same(st):
		return nil
	case err == nil, is(err, scard.ErrInvalidValue, scard.ErrInvalidHandle,
		scard.ErrNoSmartcard, scard.ErrUnknownReader, scard.ErrNoReadersAvailable):
		return card.ErrRemoved
	case is(err, scard.ErrResetCard):
		return l.reconnect("look at the card", err)
	default:
		return failure("look at the card", err)
	}
}

// same tells whether the card is the one that was connected to.
func (l *link) same(st *scard.CardStatus) bool {
	return st.State>>counterShift == l.counter && bytes.Equal(st.Atr, l.atr)
}

// reconnect takes note of a reset. macOS reports an exchanged card as reset,
// so the card is compared.
func (l *link) reconnect(op string, reset error) error {
	l.locked = false
	if err := l.card.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard); err != nil {
		return fmt.Errorf("%w (after: %w)", failure("connect again after a reset", err), failure(op, reset))
	}
	// What is left of a transaction from before the reset is given back: some
	// services end it with the reset, others do not.
	_ = l.card.EndTransaction(scard.LeaveCard)
	st, err := l.card.Status()
	if err != nil {
		return failure("look at the card after a reset", err)
	}
	if !l.same(st) {
		return fmt.Errorf("%w: another one is in the reader (after: %w)", card.ErrRemoved, failure(op, reset))
	}
	return failure(op, reset)
}
