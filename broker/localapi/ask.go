package localapi

import (
	"context"
	"encoding/json"
	"strconv"

	"lanyard/broker"
	"lanyard/broker/ticket"
	"lanyard/card"
)

// Ticket asks for the ticket, and waits for the user where the ask allows it.
func (c *Client) Ticket(ctx context.Context, a ticket.Ask) (broker.Ticket, error) {
	var got ticketAnswer
	err := c.call(ctx, "ticket", map[string]bool{"prompt": a.Prompt, "new": a.New}, &got, nil)
	if err != nil {
		return broker.Ticket{}, err
	}
	return broker.NewTicket(got.Ticket), nil
}

// Whoami asks who is signed on; NO-SESSION where nobody is.
func (c *Client) Whoami(ctx context.Context) (w Who, err error) {
	err = c.call(ctx, "whoami", nil, &w, nil)
	return w, err
}

// State asks where the desk stands.
func (c *Client) State(ctx context.Context) (s State, err error) {
	err = c.call(ctx, "state", nil, &s, nil)
	return s, err
}

// Watch calls show with the present state, then with the latest one after each
// change, until ctx ends.
func (c *Client) Watch(ctx context.Context, show func(State)) error {
	var unread error
	err := c.call(ctx, "watch", nil, nil, func(raw json.RawMessage) {
		var s State
		if err := json.Unmarshal(raw, &s); err != nil {
			unread = err
			return
		}
		show(s)
	})
	if unread != nil {
		return unread
	}
	return err
}

// Sessions asks where the user is signed on.
func (c *Client) Sessions(ctx context.Context) ([]broker.Place, error) {
	var p broker.Places
	err := c.call(ctx, "sessions", nil, &p, nil)
	return p.Sessions, err
}

// EndSession ends the user's session of an id, here or in another place.
func (c *Client) EndSession(ctx context.Context, id string) error {
	return c.call(ctx, "sessions", map[string]string{"end": id}, nil, nil)
}

// Assertion asks for the role assertion of the session.
func (c *Client) Assertion(ctx context.Context) ([]byte, error) {
	var got assertionAnswer
	err := c.call(ctx, "assertion", nil, &got, nil)
	return []byte(got.Assertion), err
}

// SignOut ends the session at this desk.
func (c *Client) SignOut(ctx context.Context) error { return c.call(ctx, "signout", nil, nil, nil) }

// Cards lists the agent's virtual cards.
func (c *Client) Cards(ctx context.Context) (cards Cards, err error) {
	err = c.call(ctx, "card", nil, &cards, nil)
	return cards, err
}

// InsertCard puts a virtual card in.
func (c *Client) InsertCard(ctx context.Context, name string) (cards Cards, err error) {
	err = c.call(ctx, "card", map[string]string{"insert": name}, &cards, nil)
	return cards, err
}

// RemoveCard takes the virtual card out.
func (c *Client) RemoveCard(ctx context.Context) (cards Cards, err error) {
	err = c.call(ctx, "card", map[string]bool{"remove": true}, &cards, nil)
	return cards, err
}

// SubmitPIN gives the passcode for the card of a generation, and wipes it.
func (c *Client) SubmitPIN(ctx context.Context, g card.Generation, pin *card.PIN) error {
	defer pin.Wipe()
	if err := pin.Check(); err != nil {
		return asError(err)
	}
	args := submission(g, pin)
	defer clear(args)
	return c.exchange(ctx, "request", args, nil, nil)
}

// submission writes a PIN, which is printable ASCII, by hand: an encoder would
// keep a copy.
func submission(g card.Generation, pin *card.PIN) []byte {
	b := make([]byte, 0, 64+2*pin.Len())
	b = append(b, `{"submit_pin":{"gen":`...)
	b = strconv.AppendUint(b, uint64(g), 10)
	b = append(b, `,"pin":"`...)
	for _, c := range pin.Octets() {
		if c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, c)
	}
	return append(b, `"}}`...)
}

// CancelPIN closes the question for the PIN.
func (c *Client) CancelPIN(ctx context.Context, g card.Generation) error {
	return c.person(ctx, "cancel_pin", map[string]card.Generation{"gen": g})
}

// AskPIN opens the question for the PIN again.
func (c *Client) AskPIN(ctx context.Context) error { return c.person(ctx, "ask_pin", struct{}{}) }

// TryNow cuts a pause before the next try short.
func (c *Client) TryNow(ctx context.Context) error { return c.person(ctx, "try_now", struct{}{}) }

// SignOnAgain authenticates again with the card.
func (c *Client) SignOnAgain(ctx context.Context) error {
	return c.person(ctx, "sign_on_again", struct{}{})
}

// DesktopUnlocked tells that the operating system was unlocked.
func (c *Client) DesktopUnlocked(ctx context.Context) error {
	return c.person(ctx, "desktop_unlocked", struct{}{})
}

// ChooseRole selects a role.
func (c *Client) ChooseRole(ctx context.Context, id broker.RoleProfileID, mode broker.SSBMode) error {
	return c.person(ctx, "choose_role", struct {
		ID   broker.RoleProfileID `json:"id"`
		Mode broker.SSBMode       `json:"mode"`
	}{id, mode})
}

// person hands in what a person asks of the agent.
func (c *Client) person(ctx context.Context, what string, args any) error {
	return c.call(ctx, "request", map[string]any{what: args}, nil, nil)
}
