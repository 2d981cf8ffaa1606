package reader

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"lanyard/card"
	"lanyard/card/virtual/vpcd"
)

// errPulled is the cause with which a card's connection ends when it is removed.
var errPulled = errors.New("pulled out of the virtual reader")

// Reader is a running virtual reader with one slot. It is safe for concurrent use.
type Reader struct {
	name   string
	folder folder
	host   *host
	log    *slog.Logger

	mu     sync.Mutex
	card   *insertion // the last card, perhaps gone by itself
	closed bool
}

// insertion is a card from its insertion to its removal.
type insertion struct {
	pull context.CancelCauseFunc
	gone chan struct{}
}

// Start runs a virtual reader. It returns when programs can use it; ctx bounds
// the start only.
func Start(ctx context.Context, c Config) (*Reader, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	parts, err := findParts()
	if err != nil {
		return nil, err
	}
	dir, err := makeFolder(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("virtual reader: %w", err)
	}
	r := &Reader{name: c.Name, folder: dir, log: c.Log}
	if err := layOut(r.Socket(), c.Name); err != nil {
		return nil, errors.Join(err, dir.remove())
	}
	if r.host, err = startHost(ctx, parts, filepath.Dir(r.Socket())); err != nil {
		return nil, errors.Join(fmt.Errorf("virtual reader: %w", err), dir.remove())
	}
	return r, nil
}

// Socket returns the path of the PC/SC socket, for PCSCLITE_CSOCK_NAME.
func (r *Reader) Socket() string { return filepath.Join(r.folder.path, "pcscd", socketName) }

// Name returns the reader's name as PC/SC programs see it.
func (r *Reader) Name() string { return r.name + " 00 00" }

// Insert puts a card in. Programs see it within half a second. The card is
// powered and asked from another goroutine until it is removed or gone by itself.
func (r *Reader) Insert(ctx context.Context, c vpcd.Card) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return fmt.Errorf("insert into the virtual reader: %w", card.ErrNoReader)
	}
	if r.card != nil && !r.card.left() {
		return ErrOccupied
	}
	conn, err := r.host.dial(ctx)
	if err != nil {
		return fmt.Errorf("insert into the virtual reader: %w", err)
	}
	in, pull := context.WithCancelCause(context.WithoutCancel(ctx))
	i := &insertion{pull: pull, gone: make(chan struct{})}
	r.card = i
	go func() {
		defer close(i.gone)
		if err := vpcd.Serve(in, conn, c); err != nil && !errors.Is(err, errPulled) {
			r.log.Info("card left the virtual reader", "reader", r.name, "err", err)
		}
	}()
	return nil
}

// Remove pulls the card out, if there is one, and waits until it has no power.
// Programs see it within half a second.
func (r *Reader) Remove() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove()
}

func (r *Reader) remove() {
	if r.card == nil {
		return
	}
	r.card.pull(errPulled)
	<-r.card.gone
	r.card = nil
}

// Occupied tells whether a card is in: put in, and neither removed nor gone by
// itself.
func (r *Reader) Occupied() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.card != nil && !r.card.left()
}

// left tells whether the card is gone by itself.
func (i *insertion) left() bool {
	select {
	case <-i.gone:
		return true
	default:
		return false
	}
}

// Done is closed when the reader has ended: by Close, or because pcscd did.
func (r *Reader) Done() <-chan struct{} { return r.host.done }

// Close pulls the card, ends the reader and removes its directory. It is safe
// to call twice.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	r.remove()
	r.host.close()
	if err := r.folder.remove(); err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	return nil
}
