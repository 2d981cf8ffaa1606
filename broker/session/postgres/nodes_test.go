//go:build unix

package postgres_test

import (
	"testing"
	"time"

	"lanyard/broker/session"
	"lanyard/broker/session/nodetest"
	"lanyard/test/engine"
)

// TestNodes has three nodes over one PostgreSQL that is killed, and nodes that
// are paused past their lease.
func TestNodes(t *testing.T) {
	server := engine.StartPostgres(t)
	address := server.Database(t)
	nodetest.Run(t, nodetest.Setup{
		Open: func() session.Shared { return open(t, address, nil) },
		Calm: 4 * time.Second,
		Fault: func(n *nodetest.Nodes) {
			for round := range 2 {
				server.Kill()
				server.Restart()
				time.Sleep(time.Second)
				n.Pause(round, session.LeaseFor+session.LeaseFor/2)
				n.Pause((round+1)%3, session.LeaseFor/2)
			}
		},
		Report: func(calm, all nodetest.Figures) {
			t.Logf("an end took %v (p50), %v (p99) of %d without faults; %v (p50), %v (p99), %v at most of %d in all",
				calm.P(50), calm.P(99), calm.Ends, all.P(50), all.P(99), all.P(100), all.Ends)
			t.Logf("%d calls, of them %d lookups with %d reads of the store, %d roles, %d without an answer",
				all.Calls, all.Lookups, all.Reads, all.Roles, all.Unanswered)
			if all.Ends < 10 || all.Roles < 10 || all.Reads > all.Lookups/2 {
				t.Error("that is no load")
			}
		},
	})
}
