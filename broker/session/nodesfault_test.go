package session_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/broker"
	"lanyard/broker/session"
)

// TestPausedNode: a node that cannot renew serves from memory until its lease
// ends, and no longer; what changed meanwhile it learns before it serves again.
func TestPausedNode(t *testing.T) {
	nodes(t, 2, func(t *testing.T, s *site) {
		token := s.signOn()
		paused := s.nodes[1]
		time.Sleep(2 * time.Second)
		paused.line.set(func() { paused.line.cut = true })
		time.Sleep(session.LeaseFor / 2)
		paused.inMemory(token)
		time.Sleep(session.LeaseFor)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := paused.Lookup(ctx, token, session.Peek); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a lease and a store: %v", err)
		}
		if took := s.nodes[0].end(token); took > lease {
			t.Errorf("the end took %v", took)
		}
		paused.line.mend()
		paused.over(token, session.ErrEnded) // reads: it has no lease yet
		time.Sleep(2 * time.Second)
		paused.over(token, session.ErrEnded)
	})
}

// TestDeadNodeCostsOneLease: nobody waits for a node that is gone for long.
func TestDeadNodeCostsOneLease(t *testing.T) {
	nodes(t, 3, func(t *testing.T, s *site) {
		token := s.signOn()
		other := s.signOn()
		dead := s.nodes[2]
		dead.line.set(func() { dead.line.cut = true })
		if took := s.nodes[0].end(token); took < lease-session.LeaseFor/4 || took > lease {
			t.Errorf("the first end after the death took %v", took)
		}
		time.Sleep(lease)
		if took := s.nodes[0].end(other); took != 0 {
			t.Errorf("an end long after the death took %v", took)
		}
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		if len(s.hub.leases) != 2 {
			t.Errorf("leases of 2 nodes: %v", s.hub.leases)
		}
	})
}

func TestNodeThatLeaves(t *testing.T) {
	nodes(t, 2, func(t *testing.T, s *site) {
		token := s.signOn()
		time.Sleep(time.Second)
		gone := s.nodes[1]
		gone.stop()
		if took := s.nodes[0].end(token); took != 0 {
			t.Errorf("an end after the other node left took %v", took)
		}
		gone.over(token, session.ErrEnded) // and it serves from memory no more
	})
}

// TestLateFill: a read that was answered before an end is not kept after it, be
// it of another node or of the one that ends.
func TestLateFill(t *testing.T) {
	for name, reader := range map[string]int{"of the ender": 0, "of another node": 1} {
		t.Run(name, func(t *testing.T) {
			nodes(t, 3, func(t *testing.T, s *site) {
				_, ticket, err := s.nodes[2].Create(t.Context(), session.SignOn{UID: nurse})
				if err != nil {
					t.Fatal(err)
				}
				token, slow := ticket.Reveal(), s.nodes[reader]
				answer := make(chan struct{})
				slow.line.set(func() { slow.line.held = answer })
				looked := make(chan error, 1)
				go func() {
					_, err := slow.Lookup(t.Context(), token, session.Peek)
					looked <- err
				}()
				synctest.Wait()
				s.nodes[0].end(token)
				close(answer)
				if err := <-looked; err != nil {
					t.Errorf("a read from before the end: %v", err) // under way when it ended: either answer is right
				}
				slow.over(token, session.ErrEnded)
			})
		})
	}
}

// TestRefusedOnceRefusedEverywhere: whoever finds an end in the store tells of
// it only when no node serves the session any more, though the end itself is
// not answered yet.
func TestRefusedOnceRefusedEverywhere(t *testing.T) {
	nodes(t, 3, func(t *testing.T, s *site) {
		token := s.signOn()
		ender, deaf, asked := s.nodes[0], s.nodes[1], s.nodes[2]
		time.Sleep(3100 * time.Millisecond) // between two renewals
		deaf.line.set(func() { deaf.line.deaf = true })
		ended := make(chan time.Duration, 1)
		go func() { ended <- ender.end(token) }()
		synctest.Wait()
		deaf.inMemory(token) // it knows nothing yet
		asked.over(token, session.ErrEnded)
		deaf.over(token, session.ErrEnded)
		if took := <-ended; took > lease {
			t.Errorf("the end took %v", took)
		}
	})
}

func TestRoleIsKnownToAllNodes(t *testing.T) {
	nodes(t, 3, func(t *testing.T, s *site) {
		token := s.signOn()
		for i, role := range []broker.RoleProfileID{"555", "666", "777"} {
			if _, err := s.nodes[i].SelectRole(t.Context(), token, role, broker.LiveMode); err != nil {
				t.Fatal(err)
			}
			for _, n := range s.nodes {
				if sess := n.live(token); sess.Role != role {
					t.Errorf("role %q, selected was %q", sess.Role, role)
				}
			}
		}
	})
}

// TestMissedChanges: a log that does not reach back, and a store that has gone
// back, cost what is in memory.
func TestMissedChanges(t *testing.T) {
	for name, miss := range map[string]func(s *site, token string){
		"log is too short": func(s *site, token string) {
			s.hub.mu.Lock()
			s.hub.logKept = 2
			s.hub.mu.Unlock()
			for range 9 {
				if _, err := s.nodes[0].SelectRole(s.t.Context(), token, "555", broker.LiveMode); err != nil {
					s.t.Error(err)
				}
			}
			s.nodes[0].end(token)
			for range 9 { // of others of its group
				s.changeSameGroup(token)
			}
		},
		"store has gone back": func(s *site, token string) {
			s.nodes[0].end(token)
			s.hub.mu.Lock()
			defer s.hub.mu.Unlock()
			for i := range s.hub.numbers {
				s.hub.numbers[i], s.hub.log[i] = 0, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			nodes(t, 2, func(t *testing.T, s *site) {
				token := s.signOn()
				for range 3 {
					s.changeSameGroup(token)
				}
				time.Sleep(time.Second)
				away := s.nodes[1]
				away.live(token)
				away.line.set(func() { away.line.cut = true })
				miss(s, token)
				away.line.mend()
				time.Sleep(time.Second)
				away.over(token, session.ErrEnded)
				time.Sleep(time.Second)
				away.over(token, session.ErrEnded)
			})
		})
	}
}

// changeSameGroup numbers a change in the group of a session.
func (s *site) changeSameGroup(token string) {
	s.t.Helper()
	sess, _ := s.nodes[0].Lookup(s.t.Context(), token, session.Peek)
	if _, err := s.nodes[0].line.Change(s.t.Context(), "session/"+sess.ID, session.Asker{Node: "x"},
		func(r session.Record) (session.Record, error) { return r, nil }); err != nil {
		s.t.Error(err)
	}
}

// TestUsedElsewhere: a session that one node saw no use of is not ended by it
// while another node saw one, and ends a minute late at most.
func TestUsedElsewhere(t *testing.T) {
	nodes(t, 2, func(t *testing.T, s *site) {
		token := s.signOn()
		used, idle := s.nodes[0], s.nodes[1]
		var last time.Time
		for range 90 * 2 {
			used.live(token)
			last = time.Now()
			time.Sleep(30 * time.Second)
			if _, err := idle.Lookup(t.Context(), token, session.Peek); err != nil {
				t.Fatalf("%v after the last use: %v", time.Since(last), err)
			}
		}
		time.Sleep(time.Until(last.Add(time.Hour - time.Second)))
		if _, err := idle.Lookup(t.Context(), token, session.Peek); err != nil {
			t.Errorf("a second before its time: %v", err)
		}
		time.Sleep(session.TouchEvery + time.Second)
		idle.over(token, session.ErrTimedOut)
		used.over(token, session.ErrTimedOut)
	})
}

func TestUsesAreCoalescedAmongNodes(t *testing.T) {
	nodes(t, 3, func(t *testing.T, s *site) {
		token := s.signOn()
		before := s.hub.writeCount()
		for range 600 {
			time.Sleep(time.Second)
			for _, n := range s.nodes {
				n.live(token)
			}
		}
		if n := s.hub.writeCount() - before; n < 9 || n > 11 {
			t.Errorf("%d writes for 10 minutes of use on 3 nodes", n)
		}
	})
}

func (h *hub) writeCount() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.writes
}

// TestEndIsOwed: an end that the store could not confirm is made by itself when
// the store answers again.
func TestEndIsOwed(t *testing.T) {
	for name, fault := range map[string]func(l *line){
		"nothing was written": func(l *line) { l.cut = true },
		"outcome is unknown":  func(l *line) { l.blind = true },
	} {
		t.Run(name, func(t *testing.T) {
			nodes(t, 2, func(t *testing.T, s *site) {
				token := s.signOn()
				time.Sleep(time.Second)
				ender := s.nodes[0]
				ender.line.set(func() { fault(ender.line) })
				if _, err := ender.End(t.Context(), token, session.LoggedOut); err == nil {
					t.Fatal("an end was confirmed that the store did not confirm")
				}
				ender.line.mend()
				time.Sleep(time.Second + lease)
				before := s.hub.writeCount()
				for _, n := range s.nodes {
					n.over(token, session.ErrEnded)
				}
				if s.hub.writeCount() != before {
					t.Error("the end was not settled before it was asked for")
				}
			})
		})
	}
}

// TestListThatMayBeLost: where the store is not sure whose leases there are, an
// end waits for all there could be.
func TestListThatMayBeLost(t *testing.T) {
	nodes(t, 2, func(t *testing.T, s *site) {
		token := s.signOn()
		s.hub.mu.Lock()
		s.hub.unlisted = session.LeaseFor
		s.hub.mu.Unlock()
		if took := s.nodes[0].end(token); took != session.LeaseFor {
			t.Errorf("the end took %v", took)
		}
	})
}

// TestCreatedAndEndedElsewhere: a session that another node ended before its
// maker was told that it is stored is not served by its maker.
func TestCreatedAndEndedElsewhere(t *testing.T) {
	nodes(t, 2, func(t *testing.T, s *site) {
		maker, ender := s.nodes[0], s.nodes[1]
		answer := make(chan struct{})
		maker.line.set(func() { maker.line.held = answer })
		made := make(chan string, 1)
		go func() {
			_, ticket, err := maker.Create(t.Context(), session.SignOn{UID: nurse})
			if err != nil {
				t.Error(err)
			}
			made <- ticket.Reveal()
		}()
		synctest.Wait()
		live, err := ender.ByUser(t.Context(), nurse)
		if err != nil || len(live) != 1 {
			t.Fatalf("%d sessions, %v", len(live), err)
		}
		if err := ender.EndByID(t.Context(), nurse, live[0].ID); err != nil {
			t.Fatal(err)
		}
		close(answer)
		maker.over(<-made, session.ErrEnded)
	})
}
