package virtual

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"sync"

	"lanyard/card"
	"lanyard/card/virtual/fault"
)

// Token is a [Card] put in and used in this process, with no reader between.
// It is a [card.Token] with every optional ability. It keeps to the rules for
// PINs as a token of plastic would: asked late, sent once, dropped at the end.
type Token struct {
	c      *Card
	player *fault.Player
	log    *slog.Logger

	gone context.Context // ends with cause card.ErrRemoved; the life of the insertion
	out  context.CancelCauseFunc
	turn chan struct{} // holds one value: whoever takes it may give commands
	shut sync.Once
}

// NewToken puts a card in. The token owns the card: Close and Remove close it.
// The player makes it misbehave and counts; nil is a card that does neither.
func NewToken(c *Card, p *fault.Player, log *slog.Logger) *Token {
	if p == nil {
		p = fault.NewPlayer(nil)
	}
	t := &Token{c: c, player: p, log: log, turn: make(chan struct{}, 1)}
	t.turn <- struct{}{}
	t.gone, t.out = context.WithCancelCause(context.Background())
	p.Attach(t.Remove, c.Lock)
	return t
}

// Remove takes the card out at once: what is under way ends with
// [card.ErrRemoved], as does everything after it. It is safe to call twice.
func (t *Token) Remove() { t.out(card.ErrRemoved) }

// left tells whether the card was taken out or given back.
func (t *Token) left() bool { return t.gone.Err() != nil }

// Close gives the card back. Methods called afterwards return
// [card.ErrRemoved]. It waits for the command under way, if there is one.
func (t *Token) Close() error {
	t.Remove()
	t.shut.Do(func() {
		<-t.turn
		_ = t.c.Close()
		t.turn <- struct{}{}
	})
	return nil
}

// ID returns the card's serial number in hex.
func (t *Token) ID() card.TokenID { return t.c.ID() }

// Label returns what the card is called.
func (t *Token) Label() string { return t.c.Label() }

// Tally counts the PIN commands so far, by outcome.
func (t *Token) Tally() fault.Tally { return t.player.Tally() }

// Verified tells whether the card's PIN state is up: it never is between
// operations.
func (t *Token) Verified() bool { return t.c.verified() }

// Keys returns the two keys with their certificates.
func (t *Token) Keys(ctx context.Context) ([]card.Key, error) {
	ctx, done := t.present(ctx)
	defer done()
	if err := t.take(ctx); err != nil {
		return nil, err
	}
	defer t.give()
	var keys []card.Key
	for _, p := range t.c.Pairs() {
		cert := p.Cert
		if t.player.Script().Expired() {
			if cert = p.Expired; cert == nil {
				return nil, fmt.Errorf("%w: the fault script wants one that is out of date", card.ErrNoCert)
			}
		}
		err := t.player.Do(ctx, fault.Read, func() error {
			keys = append(keys, key(p, cert))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading certificates: %w", err)
		}
	}
	return keys, nil
}

func key(p Pair, cert *x509.Certificate) card.Key {
	return card.Key{Ref: fmt.Sprintf("%02X", p.Slot), Purpose: card.PurposeOf(cert), Policy: p.Policy, Cert: cert}
}

// Retries returns the PIN tries left; 0 is a locked card.
func (t *Token) Retries(ctx context.Context) (int, error) {
	ctx, done := t.present(ctx)
	defer done()
	if err := t.take(ctx); err != nil {
		return 0, err
	}
	defer t.give()
	return t.retries(ctx)
}

func (t *Token) retries(ctx context.Context) (n int, err error) {
	err = t.player.Do(ctx, fault.Status, func() error {
		n, _, err = t.c.Tries(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("asking for the tries left: %w", err)
	}
	if t.player.Script().Locked() {
		return 0, nil
	}
	return n, nil
}

// ChangePIN sets a new PIN by the old one.
func (t *Token) ChangePIN(ctx context.Context, old, new *card.PIN) error {
	return t.command(ctx, fault.Change, old, new, t.c.ChangePIN)
}

// Unblock sets a new PIN by the PUK.
func (t *Token) Unblock(ctx context.Context, puk, new *card.PIN) error {
	return t.command(ctx, fault.Unblock, puk, new, t.c.Unblock)
}

// command gives a command that carries two secrets.
func (t *Token) command(ctx context.Context, c fault.Command, secret, new *card.PIN, run func(context.Context, *card.PIN, *card.PIN) error) error {
	for _, p := range []*card.PIN{secret, new} {
		if err := p.Check(); err != nil {
			return err
		}
	}
	ctx, done := t.present(ctx)
	defer done()
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.give()
	defer t.c.Lock()
	return outcome(t.player.Do(ctx, c, func() error {
		return run(context.WithoutCancel(ctx), secret, new)
	}))
}

// present derives a context that also ends when the card is taken out, with
// the cause [card.ErrRemoved].
func (t *Token) present(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(t.gone, func() { cancel(card.ErrRemoved) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}

// over returns why no further command is to be given, if so. It sees the card
// taken out at once, where a context of present ends a moment later.
func (t *Token) over(ctx context.Context) error {
	if err := context.Cause(t.gone); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// take waits for the turn to give commands.
func (t *Token) take(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.turn:
	}
	if err := t.over(ctx); err != nil {
		t.give()
		return err
	}
	return nil
}

func (t *Token) give() { t.turn <- struct{}{} }
