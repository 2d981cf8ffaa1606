package demo

import (
	"context"
	"errors"
	"fmt"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/broker/localapi"
	"lanyard/broker/ticket"
	"lanyard/card/virtual"
)

// socketName is the local API's socket in the demo's folder; its lock stands
// beside it.
const socketName = "agent.sock"

// open starts what applications of this user talk to.
func (b *Bench) open(ctx context.Context, o Options) error {
	// Not the user's own socket: an agent that is at work there stays there.
	if b.Socket = o.Socket; b.Socket == "" {
		b.Socket = b.material.path(socketName)
	}
	ln, err := localapi.Listen(ctx, b.Socket)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	local := &localapi.Server{Agent: b.Agent, Tickets: ticket.New(b.Agent, o.Log), Drawer: drawer{b.Slot}, Log: o.Log}
	b.group.Go(func() error { return local.Serve(ctx, ln) })
	return nil
}

// ask gets the ticket as an application does: through the socket, without a
// prompt.
func (b *Bench) ask(ctx context.Context) (broker.Ticket, error) {
	c, err := localapi.Dial(ctx, b.Socket)
	if err != nil {
		return broker.Ticket{}, err
	}
	t, err := c.Ticket(ctx, ticket.Ask{})
	return t, errors.Join(err, c.Close())
}

// codeOf returns the code of what the agent answered, or nothing.
func codeOf(err error) failure.Code {
	var e *localapi.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// drawer lets programs put the demo's card in and take it out.
type drawer struct{ slot Slot }

// Cards tells what there is.
func (d drawer) Cards(context.Context) (localapi.Cards, error) {
	c := localapi.Cards{Names: []string{cardName}}
	if d.slot.Inserted() {
		c.Inserted = cardName
	}
	return c, nil
}

// Insert puts the card in.
func (d drawer) Insert(ctx context.Context, name string) error {
	if name != cardName {
		return fmt.Errorf("%w: the demo's is called %q", localapi.ErrNoCard, cardName)
	}
	err := d.slot.Insert(ctx)
	if errors.Is(err, virtual.ErrOccupied) {
		return fmt.Errorf("%w: %w", localapi.ErrCardIn, err)
	}
	return err
}

// Remove takes the card out.
func (d drawer) Remove(ctx context.Context) error { return d.slot.Remove(ctx) }
