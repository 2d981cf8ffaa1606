package pcscd

import (
	"errors"
	"fmt"
	"sync"
)

// reader is one slot. The daemon's lock guards all of it but the exchange of
// octets with the card, which has a lock of its own.
type reader struct {
	name     string
	counter  uint32 // events so far
	card     Card
	keypad   *Keypad
	mute     bool
	protocol uint32 // negotiated with the card, 0 before
	exchange sync.Mutex
	untold   []func() // what the card was not told yet, because it works

	sharing int32 // how many clients are connected, or sharedExclusively
	handles map[uint32]*handle
	lock    *handle // who has a transaction
	depth   int     // how often it was begun
}

// handle is one client's connection to a reader.
type handle struct {
	id     uint32
	reader *reader
	event  uint32 // what the client must be told: Success, ResetCard, RemovedCard
	gone   bool   // the reader was unplugged
}

// Errors of the switchboard.
var (
	errNoReader = errors.New("pcscd: no such reader")
	errTaken    = errors.New("pcscd: there is a card in the reader")
	errEmpty    = errors.New("pcscd: there is no card in the reader")
)

// AddReader plugs a reader in. Names are octets to PC/SC: one longer than 127
// is cut, as the service cuts it.
func (d *Daemon) AddReader(name string) error {
	if len(name) >= maxName {
		name = name[:maxName-1]
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.readers) == maxReaders {
		return fmt.Errorf("pcscd: no more than %d readers", maxReaders)
	}
	if d.find(name) != nil {
		return fmt.Errorf("pcscd: reader %q is there already", name)
	}
	d.readers = append(d.readers, &reader{name: name, handles: map[uint32]*handle{}})
	d.signal()
	return nil
}

// RemoveReader unplugs a reader, with the card in it.
func (d *Daemon) RemoveReader(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, r := range d.readers {
		if r.name == name {
			d.readers = append(d.readers[:i:i], d.readers[i+1:]...)
			for _, h := range r.handles {
				h.gone = true
			}
			if p, ok := r.card.(Powered); ok {
				r.tell(p.PowerOff)
			}
			r.lock, r.depth = nil, 0
			d.unlocked.Broadcast()
			d.signal()
			return nil
		}
	}
	return errNoReader
}

// Insert puts a card into a reader.
func (d *Daemon) Insert(name string, c Card) error { return d.insert(name, c, false) }

// InsertMute puts a card into a reader that does not answer to reset.
func (d *Daemon) InsertMute(name string) error { return d.insert(name, nil, true) }

func (d *Daemon) insert(name string, c Card, mute bool) error {
	return d.change(name, func(r *reader) error {
		if r.present() {
			return errTaken
		}
		r.mute = mute
		r.insert(c)
		return nil
	})
}

// Remove takes the card out of a reader.
func (d *Daemon) Remove(name string) error {
	return d.change(name, func(r *reader) error { return r.remove() })
}

// Swap takes the card out and puts another one in before any client can look.
func (d *Daemon) Swap(name string, c Card) error {
	return d.change(name, func(r *reader) error {
		if err := r.remove(); err != nil {
			return err
		}
		r.insert(c)
		return nil
	})
}

// Mute lets a card in a reader stop answering to resets, or answer again: as a
// reset by another program may do. It is not an insertion.
func (d *Daemon) Mute(name string, mute bool) error {
	return d.change(name, func(r *reader) error {
		if !r.present() {
			return errEmpty
		}
		r.mute = mute
		return nil
	})
}

// Reset resets the card as another program does: every client is told.
func (d *Daemon) Reset(name string) error {
	return d.change(name, func(r *reader) error {
		if !r.present() {
			return errEmpty
		}
		r.reset(nil)
		return nil
	})
}

// HoldTransaction takes the card as another program's transaction does, until
// release is called.
func (d *Daemon) HoldTransaction(name string) (release func(), err error) {
	other := &handle{}
	err = d.change(name, func(r *reader) error {
		if r.lock != nil {
			return errors.New("pcscd: a transaction is held already")
		}
		r.lock, r.depth = other, 1
		return nil
	})
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, r := range d.readers {
			if r.lock == other {
				r.lock, r.depth = nil, 0
			}
		}
		d.unlocked.Broadcast()
	}, err
}

// change changes a reader under the lock and tells the clients.
func (d *Daemon) change(name string, f func(*reader) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.find(name)
	if r == nil {
		return errNoReader
	}
	if err := f(r); err != nil {
		return err
	}
	d.signal()
	return nil
}

func (d *Daemon) find(name string) *reader {
	for _, r := range d.readers {
		if r.name == name {
			return r
		}
	}
	return nil
}

func (r *reader) present() bool { return r.card != nil || r.mute }

func (r *reader) insert(c Card) {
	r.card = c
	r.counter++
	if p, ok := c.(Powered); ok {
		r.tell(p.PowerOn)
	}
}

// tell tells the card something, at once or when the command that it works on
// is over.
func (r *reader) tell(what func()) {
	r.untold = append(r.untold, what)
	r.telling()
}

func (r *reader) telling() {
	if len(r.untold) == 0 || !r.exchange.TryLock() {
		return
	}
	defer r.exchange.Unlock()
	for _, what := range r.untold {
		what()
	}
	r.untold = nil
}

func (r *reader) remove() error {
	if !r.present() {
		return errEmpty
	}
	if p, ok := r.card.(Powered); ok {
		r.tell(p.PowerOff)
	}
	r.card, r.mute, r.protocol = nil, false, 0
	r.counter++
	for _, h := range r.handles {
		h.event = RemovedCard
	}
	return nil
}

// reset tells the card and every handle but one.
func (r *reader) reset(but *handle) {
	r.protocol = 0
	if c, ok := r.card.(Resetter); ok {
		r.tell(c.Reset)
	}
	for _, h := range r.handles {
		if h != but && h.event != RemovedCard {
			h.event = ResetCard
		}
	}
}

// restart forgets the clients and begins to count anew.
func (r *reader) restart() {
	r.counter, r.sharing, r.lock, r.depth, r.protocol = 0, 0, nil, 0, 0
	r.handles = map[uint32]*handle{}
}

// state lays the reader out for the wire.
func (r *reader) state() readerState {
	s := readerState{Counter: r.counter, Sharing: r.sharing, State: stateAbsent}
	copy(s.Name[:maxName-1], r.name)
	switch {
	case r.mute:
		s.State = statePresent | stateSwallowed
	case r.card != nil:
		s.State = statePresent | statePowered | stateNegotiable
		s.ATRLen = uint32(copy(s.ATR[:], r.card.ATR()))
		s.Protocol = r.protocol
	}
	return s
}

// states lays all readers out: always as many as there may be.
func (d *Daemon) states() []byte {
	var all [maxReaders]readerState
	for i, r := range d.readers {
		all[i] = r.state()
	}
	return encode(all)
}
