//go:build unix

package localapi

import (
	"context"
	"testing"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/ticket"
	"lanyard/broker/ticket/desktest"
	"lanyard/card"
)

// request hands in a request of a person as another program would.
func (b *bench) request(ctx context.Context, name string, args any) error {
	return b.c.call(ctx, "request", map[string]any{name: args}, nil, nil)
}

// TestCareOfTheCard sets a new passcode, signs on with it and locks the desk,
// all through the socket.
func TestCareOfTheCard(t *testing.T) {
	const fresh = "864209"
	b := start(t)
	ctx := b.ctx()
	b.want(b.request(ctx, "lock", struct{}{}), failure.AgentBusy)
	if _, err := b.c.InsertCard(ctx, desktest.CardName); err != nil {
		t.Fatal(err)
	}
	q := b.AwaitQuestion()
	b.ok(b.request(ctx, "shown", map[string]any{"gen": q.Card.Gen}))
	change := map[string]any{"gen": q.Card.Gen, "old": "135791", "new": "1"}
	b.want(b.request(ctx, "change_pin", change), failure.PINFormat)
	change["new"] = fresh
	b.ok(b.request(ctx, "change_pin", change))
	b.Await("refusal", func(s agent.Snapshot) bool { return s.Care.Refused == agent.PINChange })
	st, err := b.c.State(ctx)
	if err != nil || st.Care == nil || st.Care.Refused != "pin-change" || st.Care.Problem == nil || st.Care.Problem.Code != failure.PINWrong {
		t.Fatalf("%+v, %v", st.Care, err)
	}
	if len(st.Card.Certs) == 0 || st.Card.Certs[0].Holder == "" || st.Card.Certs[0].Serial == "" {
		t.Errorf("certificates %+v", st.Card.Certs)
	}
	change["old"] = desktest.PIN
	b.ok(b.request(ctx, "change_pin", change))
	b.Await("new passcode", func(s agent.Snapshot) bool { return s.Care.Done == agent.PINChange })
	b.ok(b.c.SubmitPIN(ctx, q.Card.Gen, card.NewPIN([]byte(fresh))))
	b.AwaitPhase(agent.SignedOn)
	b.Await("other places", func(s agent.Snapshot) bool { return !s.Places.At.IsZero() })
	if st, err = b.c.State(ctx); err != nil || st.Places == nil || st.Places.Others == nil {
		t.Fatalf("places %+v, %v", st.Places, err)
	}
	b.ok(b.request(ctx, "look_for_places", struct{}{}))
	b.want(b.request(ctx, "end_place", map[string]any{"id": "nobody's"}), failure.AgentBusy)
	b.ok(b.request(ctx, "lock", struct{}{}))
	if st, err = b.c.State(ctx); err != nil || st.Phase != "locked" || st.Card == nil || st.Places != nil {
		t.Errorf("locked: %+v, %v", st, err)
	}
	_, err = b.c.Ticket(ctx, ticket.Ask{})
	b.want(err, failure.NoSession)
	for _, secret := range []string{fresh, "135791", desktest.PIN} {
		if b.Logged.Holds(secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
