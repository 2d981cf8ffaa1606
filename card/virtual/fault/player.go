package fault

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"lanyard/card"
)

// Tally counts the commands that sent a PIN, by outcome as the sender saw it.
type Tally struct {
	Accepted   int
	Refused    int
	Unanswered int // pulled, reset, mute or an answer that tells nothing
}

// Player plays a script against one card. It counts commands from its making
// on; a card put in again goes on in the same script. It is safe for
// concurrent use.
type Player struct {
	mu     sync.Mutex
	script *Script
	told   func()                 // nil: nobody wants to know
	seen   [len(commandNames)]int // by command; seen[Any] counts all
	tally  Tally
	pull   func()
	reset  func()
}

// NewPlayer starts a script; nil is a card that does nothing wrong.
func NewPlayer(s *Script) *Player {
	p := &Player{pull: func() {}, reset: func() {}}
	p.Play(s, nil)
	return p
}

// Play goes over to another script and counts from zero again; nil is a card
// that does nothing wrong. Before a command goes wrong by the script, told is
// called from the command's goroutine, where it is not nil.
func (p *Player) Play(s *Script, told func()) {
	if s == nil {
		s = &Script{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script, p.told = s, told
	p.seen = [len(commandNames)]int{}
}

// Attach tells the player how to take its card out and how to reset it. Both
// are called from the goroutine of the command.
func (p *Player) Attach(pull, reset func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pull, p.reset = pull, reset
}

// Script returns the script, never nil.
func (p *Player) Script() *Script {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.script
}

// Tally returns the counts so far.
func (p *Player) Tally() Tally {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tally
}

// Commands returns how many commands were given so far.
func (p *Player) Commands() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[Any]
}

// Do gives one command to a card used in the process: run carries it out. The
// errors are those that a reader would give: [card.ErrRemoved], [card.ErrMute],
// [card.ErrReset], a [*card.PINError].
func (p *Player) Do(ctx context.Context, c Command, run func() error) error {
	if err := context.Cause(ctx); err != nil {
		return err // nothing was sent
	}
	err := p.do(ctx, c, run)
	if c == Verify {
		p.count(err)
	}
	return err
}

func (p *Player) do(ctx context.Context, c Command, run func() error) error {
	wait, a := p.next(c)
	if err := sleep(ctx, wait); err != nil {
		return err
	}
	if a == nil {
		return run()
	}
	switch {
	case a.deed == refuse:
		return refused(c, a.tries)
	case a.deed == answer:
		return fmt.Errorf("card answered %s with status %04X", c, a.status)
	case a.after:
		_ = run() // its answer is lost
	}
	return p.fail(a.deed)
}

// fail is a command that gets no answer.
func (p *Player) fail(d deed) error {
	p.mu.Lock()
	doPull, doReset := p.pull, p.reset
	p.mu.Unlock()
	switch d {
	case pull:
		doPull()
		return card.ErrRemoved
	case reset:
		doReset()
		return card.ErrReset
	default:
		return card.ErrMute
	}
}

// next counts a command, returns how long it takes and what goes wrong, and
// tells who wants to know of the latter.
func (p *Player) next(c Command) (wait time.Duration, a *act) {
	wait, a, told := p.look(c)
	if a != nil && told != nil {
		told()
	}
	return wait, a
}

// look counts a command and finds what goes wrong: the first rule of the script
// that fits, a counted one before one for every.
func (p *Player) look(c Command) (wait time.Duration, a *act, told func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[Any]++
	if c != Any {
		p.seen[c]++
	}
	var always *act
	for i := range p.script.rules {
		r := &p.script.rules[i]
		fits := (r.command == Any || r.command == c) && (r.nth == 0 || r.nth == p.seen[r.command])
		switch {
		case !fits:
		case r.act.deed == delay:
			wait += r.act.delay
		case r.nth > 0 && a == nil:
			a = &r.act
		case r.nth == 0 && always == nil:
			always = &r.act
		}
	}
	if a == nil {
		a = always
	}
	if a == nil && p.script.locked && (c == Verify || c == Change) {
		a = &act{deed: refuse}
	}
	return wait, a, p.told
}

func (p *Player) count(err error) {
	var refused *card.PINError
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.tally.Accepted++
	case errors.As(err, &refused), errors.Is(err, card.ErrPINBlocked):
		p.tally.Refused++
	case errors.Is(err, card.ErrPINFormat):
		// The card never saw a PIN.
	default:
		p.tally.Unanswered++
	}
}

func refused(c Command, tries int) error {
	if c == Unblock {
		return &card.PUKError{Retries: tries}
	}
	return &card.PINError{Retries: tries}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
