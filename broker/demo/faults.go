package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"lanyard/card/virtual/fault"
)

// Fault is trouble that who practises can make.
type Fault int

// The faults.
const (
	SlowNetwork     Fault = iota // every answer of the server comes 3 seconds late
	ServerAway                   // the server refuses connections
	ReaderUnplugged              // the drawer is no reader any more; the card in it is out
	PullInTheMiddle              // the next time a card signs, it is pulled; once
)

// AllFaults are the faults there are.
func AllFaults() []Fault { return []Fault{SlowNetwork, ServerAway, ReaderUnplugged, PullInTheMiddle} }

// String names the fault for logs.
func (f Fault) String() string {
	names := [...]string{"slow network", "server away", "reader unplugged", "pull in the middle"}
	if f < 0 || int(f) >= len(names) {
		return "no such fault"
	}
	return names[f]
}

// errNoFault is a number that names no fault.
var errNoFault = errors.New("there is no such fault")

// pulling is the script of a card that is pulled while it signs.
const pulling = "at sign 1 pull\n"

// Faults are those that are on.
func (p *Practice) Faults() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.on)
}

// Pulled tells whether a card was pulled in the middle and nobody touched the
// drawer since.
func (p *Practice) Pulled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pulled
}

// Changes holds a value after Faults or Pulled changed. It is for one reader.
func (p *Practice) Changes() <-chan struct{} { return p.changed }

// SetFault makes trouble or ends it. Bringing the server back is an error while
// another program holds its port.
func (p *Practice) SetFault(ctx context.Context, f Fault, on bool) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.touched()
	// Known before it acts: a card may sign at once, and that ends it again.
	p.note(f, on)
	if err := p.act(ctx, f, on); err != nil {
		p.note(f, !on)
		return fmt.Errorf("demo: %s: %w", f, err)
	}
	return nil
}

func (p *Practice) act(ctx context.Context, f Fault, on bool) error {
	switch f {
	case SlowNetwork:
		p.line.setSlow(on)
	case ServerAway:
		return p.line.setAway(ctx, on)
	case ReaderUnplugged:
		if on {
			p.drawer.Unplug()
		} else {
			p.drawer.Plug()
		}
	case PullInTheMiddle:
		if !on {
			p.player.Play(nil, nil)
			return nil
		}
		script, err := fault.Parse([]byte(pulling))
		if err != nil {
			return err
		}
		p.player.Play(script, p.pulledNow)
	default:
		return errNoFault
	}
	return nil
}

// pulledNow is called by the command that is about to lose its card.
func (p *Practice) pulledNow() {
	p.mu.Lock()
	p.pulled = true
	p.mu.Unlock()
	p.note(PullInTheMiddle, false)
}

// touched is a hand at the drawer.
func (p *Practice) touched() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pulled = false
}

// note keeps whether a fault is on and tells who reads Changes.
func (p *Practice) note(f Fault, on bool) {
	p.mu.Lock()
	p.on = slices.DeleteFunc(p.on, func(o Fault) bool { return o == f })
	if on {
		p.on = append(p.on, f)
		slices.Sort(p.on)
	}
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}
