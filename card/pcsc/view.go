package pcsc

import (
	"errors"
	"fmt"
	"slices"

	"lanyard/card"

	"github.com/ebfe/scard"
)

// view is the picture of all readers that was reported so far. It turns what
// the service says into events; it waits for nothing and asks nobody.
type view struct {
	emit    func(card.Event)
	gens    *card.Generations
	slots   []*slot
	up      bool
	outage  error // the kind of outage that was reported last
	emitted int
}

// slot is one reader.
type slot struct {
	name  string
	state scard.StateFlag // last seen, as it is told to the service
	gen   card.Generation // of the card in it; 0 is none
	mute  bool
}

const (
	counterShift = 16     // a state's high word counts the reader's events
	stateBits    = 0xFFFF // and its low word is the state
)

func (v *view) send(ev card.Event) {
	v.emitted++
	v.emit(ev)
}

// serviceUp reports that the service answers.
func (v *view) serviceUp() {
	if !v.up {
		v.up, v.outage = true, nil
		v.send(card.Event{Kind: card.ServiceUp})
	}
}

// serviceDown reports an outage: once, and again when its kind changes.
func (v *view) serviceDown(err error) {
	v.readers(nil)
	kind := card.ErrNoService
	switch {
	case errors.Is(err, card.ErrAccess):
		kind = card.ErrAccess
	case !errors.Is(err, card.ErrNoService):
		err = fmt.Errorf("%w: %w", kind, err)
	}
	if errors.Is(v.outage, kind) {
		return
	}
	v.up, v.outage = false, kind
	v.send(card.Event{Kind: card.ServiceDown, Err: err})
}

// readers reports which readers came and went, and tells whether any did.
func (v *view) readers(names []string) bool {
	before := v.emitted
	kept := v.slots[:0]
	for _, s := range v.slots {
		if slices.Contains(names, s.name) {
			kept = append(kept, s)
			continue
		}
		v.leave(s)
		v.send(card.Event{Kind: card.ReaderRemoved, Reader: card.ReaderID(s.name)})
	}
	clear(v.slots[len(kept):])
	v.slots = kept
	for _, name := range names {
		if !slices.ContainsFunc(v.slots, func(s *slot) bool { return s.name == name }) {
			v.slots = append(v.slots, &slot{name: name})
			v.send(card.Event{Kind: card.ReaderAdded, Reader: card.ReaderID(name)})
		}
	}
	return v.emitted != before
}

// card reports what happened in one reader. The event counter tells a card
// that was exchanged between two looks.
func (v *view) card(s *slot, state scard.StateFlag, atr []byte) {
	before := s.state
	s.state = state & told
	in := state&scard.StatePresent != 0 && state&(scard.StateUnknown|scard.StateUnavailable) == 0
	// A card without an answer to reset does not answer, whatever the service
	// calls it.
	mute := state&scard.StateMute != 0 || len(atr) == 0
	exchanged := before>>counterShift != state>>counterShift
	if s.gen != 0 && (!in || exchanged || mute != s.mute) {
		v.leave(s)
	}
	if in && s.gen == 0 {
		v.enter(s, mute, atr)
	}
}

func (v *view) enter(s *slot, mute bool, atr []byte) {
	s.gen, s.mute = v.gens.Next(), mute
	ev := card.Event{Kind: card.Inserted, Reader: card.ReaderID(s.name), Gen: s.gen, ATR: slices.Clone(atr)}
	if mute {
		ev.Kind, ev.ATR = card.Mute, nil
	}
	v.send(ev)
}

func (v *view) leave(s *slot) {
	if s.gen == 0 {
		return
	}
	gen := s.gen
	s.gen, s.mute = 0, false
	v.send(card.Event{Kind: card.Removed, Reader: card.ReaderID(s.name), Gen: gen})
}
