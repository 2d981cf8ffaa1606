package session_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lanyard/broker/session"
)

// TestProperties: what clients set is kept through a restart, within limits,
// and is no use of the session.
func TestProperties(t *testing.T) {
	b := start(t, session.Limit{})
	_, ticket := b.signOn()
	set := func(what map[string]string, want error) {
		t.Helper()
		if _, err := b.SetProperties(t.Context(), ticket, what); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	before, err := b.Lookup(t.Context(), ticket, session.Use)
	if err != nil {
		t.Fatal(err)
	}
	b.forward(time.Minute)
	set(map[string]string{"ward": "7", "empty": ""}, nil)
	set(map[string]string{"ward": "8"}, nil)
	set(map[string]string{"large": strings.Repeat("x", session.MaxProperty)}, session.ErrFull)
	many := map[string]string{}
	for i := range session.MaxProperties - 1 {
		many[fmt.Sprint(i)] = ""
	}
	set(many, session.ErrFull)
	if len(before.Properties) != 0 {
		t.Error("a session that was handed out changed")
	}
	b.crash()
	b.open()
	after, err := b.Lookup(t.Context(), ticket, session.Peek)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(after.Properties) != "map[empty: ward:8]" || !after.LastUsed.Equal(before.LastUsed) {
		t.Errorf("%v, used at %v", after.Properties, after.LastUsed)
	}
	b.forward(time.Hour)
	set(map[string]string{"ward": "9"}, session.ErrTimedOut)
}

// TestListeners: an address is kept with the spelling of the ticket that asked,
// and of the ticket nothing that would be one.
func TestListeners(t *testing.T) {
	var told []*session.Session
	b := start(t, session.Limit{})
	b.crash()
	b.conf.Changed = func(s *session.Session) { told = append(told, s) }
	b.open()
	sess, ticket := b.signOn()
	_, other := b.signOn()
	cut := strings.TrimSuffix(ticket, "#")
	c66 := strings.NewReplacer("=", ".", "@", "*", "#", "*").Replace(ticket)
	for _, text := range []string{ticket, cut, c66, ticket} {
		if _, err := b.Listen(t.Context(), text, "https://app.example/"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range session.MaxListeners {
		_, err := b.Listen(t.Context(), other, fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Listen(t.Context(), other, "one more"); !errors.Is(err, session.ErrFull) {
		t.Error(err)
	}
	if _, err := b.Listen(t.Context(), "AQIC", "x"); !errors.Is(err, session.ErrUnreadable) {
		t.Error(err)
	}
	rec, err := b.store.Get(t.Context(), "session/"+sess.ID)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(rec.Data), ticket[30:60]) {
		t.Error("the store sees a ticket")
	}
	b.crash()
	b.conf.Keys = session.Keys{Current: session.NewKey(), Previous: b.conf.Keys.Current}
	b.open()
	if _, err := b.SetProperties(t.Context(), ticket, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Lookup(t.Context(), ticket, session.Use); err != nil {
		t.Fatal(err)
	}
	if _, err := b.End(t.Context(), ticket, session.LoggedOut); err != nil {
		t.Fatal(err)
	}
	b.forward(time.Hour)
	if _, err := b.Lookup(t.Context(), other, session.Peek); !errors.Is(err, session.ErrTimedOut) {
		t.Fatal(err)
	}
	var ends []string
	for _, s := range told {
		ends = append(ends, s.End.String())
	}
	if got := strings.Join(ends, " "); got != "live logged-out unused" {
		t.Fatalf("told of %s", got)
	}
	for i, want := range []string{ticket, cut, c66} {
		l := told[1].Listeners[i]
		if made, err := b.Ticket(told[1].ID, l.Ticket); err != nil || made.Reveal() != want {
			t.Errorf("listener %d knows another ticket: %v", i, err)
		}
	}
	for _, p := range []session.Imprint{{}, {Seal: "zz"}, {Seal: strings.Repeat("0", 36)}} {
		if _, err := b.Ticket(sess.ID, p); err == nil {
			t.Errorf("a ticket out of %v", p)
		}
	}
}

// TestListenersOfNodes: what one node kept the others know, and the one that
// ends a session tells of it, once.
func TestListenersOfNodes(t *testing.T) {
	nodes(t, 3, func(t *testing.T, s *site) {
		ticket := s.signOn()
		if _, err := s.nodes[0].Listen(t.Context(), ticket, "https://app.example/"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.nodes[1].SetProperties(t.Context(), ticket, map[string]string{"ward": "7"}); err != nil {
			t.Fatal(err)
		}
		if sess := s.nodes[2].live(ticket); sess.Properties["ward"] != "7" || len(sess.Listeners) != 1 {
			t.Errorf("the third node knows %v and %d listeners", sess.Properties, len(sess.Listeners))
		}
		if _, err := s.nodes[2].End(t.Context(), ticket, session.LoggedOut); err != nil {
			t.Fatal(err)
		}
		for i, n := range s.nodes {
			n.over(ticket, session.ErrEnded)
			if want := []string{"[]", "[live]", "[logged-out]"}[i]; fmt.Sprint(n.told) != want {
				t.Errorf("node %d told %v, want %s", i, n.told, want)
			}
		}
	})
}
