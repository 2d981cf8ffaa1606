package session_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/broker/session"
)

// site is some nodes over one hub, on the made-up time of a bubble.
type site struct {
	t     *testing.T
	hub   *hub
	nodes []*siteNode
}

type siteNode struct {
	*session.Service
	t    *testing.T
	line *line
	told []session.EndReason
	stop func()
}

// nodes runs a test on n nodes that have their leases.
func nodes(t *testing.T, n int, test func(t *testing.T, s *site)) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{t: t, hub: newHub()}
		keys := session.Keys{Current: session.NewKey()}
		for range n {
			s.start(keys)
		}
		synctest.Wait()
		test(t, s)
		for _, n := range s.nodes {
			n.stop()
		}
	})
}

func (s *site) start(keys session.Keys) *siteNode {
	s.t.Helper()
	began := time.Now()
	n := &siteNode{t: s.t, line: &line{hub: s.hub}}
	var err error
	n.Service, err = session.New(session.Config{
		Store: n.line, Keys: keys,
		Times:   session.Times{Idle: time.Hour, Max: 10 * time.Hour},
		Log:     slog.New(slog.DiscardHandler),
		Elapsed: func() time.Duration { return time.Since(began) },
		Changed: func(sess *session.Session) { n.told = append(n.told, sess.End) },
	})
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	stopped := false
	n.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			s.t.Errorf("run: %v", err)
		}
	}
	s.nodes = append(s.nodes, n)
	return n
}

// signOn makes a session that all nodes have in memory.
func (s *site) signOn() string {
	s.t.Helper()
	_, ticket, err := s.nodes[0].Create(s.t.Context(), session.SignOn{UID: nurse})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, n := range s.nodes {
		n.live(ticket.Reveal())
	}
	return ticket.Reveal()
}

// live wants a session to be served.
func (n *siteNode) live(token string) *session.Session {
	n.t.Helper()
	sess, err := n.Lookup(n.t.Context(), token, session.Use)
	if err != nil {
		n.t.Fatalf("lookup: %v", err)
	}
	return sess
}

func (n *siteNode) over(token string, want error) {
	n.t.Helper()
	if _, err := n.Lookup(n.t.Context(), token, session.Peek); !errors.Is(err, want) {
		n.t.Errorf("lookup: %v, want %v", err, want)
	}
}

// inMemory wants a session to be served without the store.
func (n *siteNode) inMemory(token string) {
	n.t.Helper()
	before := n.line.readCount()
	n.live(token)
	if n.line.readCount() != before {
		n.t.Error("the store was read for a session in memory")
	}
}

func (l *line) readCount() int {
	l.state.Lock()
	defer l.state.Unlock()
	return l.reads
}

// end ends a session and returns how long that took.
func (n *siteNode) end(token string) time.Duration {
	n.t.Helper()
	began := time.Now()
	if _, err := n.End(n.t.Context(), token, session.LoggedOut); err != nil {
		n.t.Fatalf("end: %v", err)
	}
	return time.Since(began)
}

// lease is a lease with its margin.
const lease = session.LeaseFor + session.LeaseFor/20

func TestEndedForAllNodes(t *testing.T) {
	for name, tt := range map[string]struct {
		fault func(l *line)
		most  time.Duration
	}{
		"messages arrive":          {func(*line) {}, 0},
		"messages take 300 ms":     {func(l *line) { l.lag = 300 * time.Millisecond }, 300 * time.Millisecond},
		"messages come twice":      {func(l *line) { l.twice = true }, 0},
		"messages are lost":        {func(l *line) { l.deaf = true }, lease},
		"acknowledgement is lost":  {func(l *line) { l.mute = true }, lease},
		"node is cut off":          {func(l *line) { l.cut = true }, lease},
		"messages take two leases": {func(l *line) { l.lag = 2 * lease }, lease},
	} {
		t.Run(name, func(t *testing.T) {
			nodes(t, 3, func(t *testing.T, s *site) {
				token := s.signOn()
				time.Sleep(3100 * time.Millisecond) // between two renewals
				for _, n := range s.nodes {
					n.inMemory(token)
				}
				other := s.nodes[1]
				other.line.set(func() { tt.fault(other.line) })
				if took := s.nodes[0].end(token); took > tt.most {
					t.Errorf("the end took %v", took)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if _, err := other.Lookup(ctx, token, session.Peek); err == nil {
					t.Error("served after its end was confirmed")
				}
				s.nodes[0].over(token, session.ErrEnded)
				s.nodes[2].over(token, session.ErrEnded)
				other.line.mend()
				time.Sleep(3 * lease)
				other.over(token, session.ErrEnded)
			})
		})
	}
}
