package agent

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
)

// notes is a [Memory] that lasts as long as a test.
type notes struct {
	mu    sync.Mutex
	uses  map[broker.RoleProfileID]Use
	fault error
}

func (n *notes) Uses(context.Context, broker.UID) (map[broker.RoleProfileID]Use, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	copied := make(map[broker.RoleProfileID]Use, len(n.uses))
	for id, u := range n.uses {
		copied[id] = u
	}
	return copied, n.fault
}

func (n *notes) Used(_ context.Context, _ broker.UID, id broker.RoleProfileID, at time.Time) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.uses[id] = Use{Count: n.uses[id].Count + 1, Last: at}
	return n.fault
}

func TestLastRoleIsOfferedFirst(t *testing.T) {
	n := &notes{uses: map[broker.RoleProfileID]Use{}}
	bubbleWith(t, Config{Memory: n}, func(d *desk) {
		d.server.roles = 4
		for _, id := range []broker.RoleProfileID{"R3", "R3", "R2"} {
			d.signOn()
			d.do(ChooseRole{ID: id})
			d.want(SignedOn, "")
			d.pass(time.Minute)
			d.pull(d.card)
		}
		d.signOn()
		s := d.want(ChoosingRole, "")
		var order []broker.RoleProfileID
		for _, r := range s.Roles {
			order = append(order, r.ID)
		}
		if !slices.Equal(order, []broker.RoleProfileID{"R2", "R3", "R1", "R4"}) {
			d.t.Fatalf("roles are offered as %v", order)
		}
		if s.Roles[1].Uses != 2 || s.Roles[0].LastUsed.IsZero() {
			d.t.Fatalf("uses are shown as %+v", s.Roles)
		}
	})
}

func TestMemoryThatFailsHindersNobody(t *testing.T) {
	n := &notes{uses: map[broker.RoleProfileID]Use{}, fault: errors.New("disk full")}
	bubbleWith(t, Config{Memory: n}, func(d *desk) {
		d.signOn()
		d.want(SignedOn, "")
	})
}

func TestOrderOfRolesNeverUsed(t *testing.T) {
	roles := []client.Role{{ID: "b"}, {ID: "a"}, {ID: "c"}}
	for i, v := range rolesOf(roles, nil) {
		if v.ID != roles[i].ID {
			t.Fatalf("role %d is %s: the server's order must stay", i, v.ID)
		}
	}
}
