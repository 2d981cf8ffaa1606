//go:build unix

package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	bare "github.com/redis/go-redis/v9"

	"lanyard/broker/session"
	"lanyard/broker/session/redis"
	"lanyard/test/engine"
)

func TestCluster(t *testing.T) {
	c := engine.StartRedisCluster(t, 3, 1)
	address := "redis+cluster://" + strings.Join(c.Addresses(), ",")
	t.Run("conformance", func(t *testing.T) { conformance(t, address) })
	tests := []struct {
		name string
		run  func(*testing.T, *engine.RedisCluster, *redis.Store)
	}{
		{"slots move under writers", slotsMove},
		{"a slot is on its way", slotOnItsWay},
		{"unconfirmed is not stored", unconfirmed},
		{"a master is killed", masterKilled},
		{"a master is killed whose replica is behind", staleReplica},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.Settle()
			tt.run(t, c, open(t, address, redis.Options{Prefix: t.Name()}))
		})
	}
}

// masterKilled: the dead node has to come back before its shard confirms again.
func masterKilled(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	l := startLoad(t, s)
	l.advance(t, 20)
	replace(t, c, l, c.Masters()[0])
	l.check(t)
}

// staleReplica: what is written while the link is cut is not confirmed, so it
// may be lost, and its writers find that out by themselves.
func staleReplica(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	l := startLoad(t, s)
	l.advance(t, 20)
	dead := c.Masters()[1]
	cut(t, dead)
	stand := time.NewTimer(700 * time.Millisecond) // what is written into the void
	defer stand.Stop()
	<-stand.C
	replace(t, c, l, dead)
	l.check(t)
}

// unconfirmed: without its replica a master confirms nothing, and with it what
// was repeated meanwhile.
func unconfirmed(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	master := c.Masters()[0]
	key := keyAt(t, c, master, t.Name())
	cut(t, master)
	ctx, stop := context.WithTimeout(t.Context(), 600*time.Millisecond)
	defer stop()
	if err := s.Create(ctx, session.Record{Key: key, Expires: time.Now().Add(time.Hour)}); !errors.Is(err, session.ErrOutcomeUnknown) {
		t.Errorf("without a replica: %v", err)
	}
	waits := make(chan error, 1)
	patient, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	settled := time.NewTimer(time.Second)
	defer settled.Stop()
	go func() {
		_, err := s.Update(patient, key, func(r session.Record) (session.Record, error) {
			r.Data = append(r.Data, 1)
			return r, nil
		})
		waits <- err
	}()
	select {
	case err := <-waits:
		t.Fatalf("confirmed without a replica: %v", err)
	case <-settled.C:
	}
	mend(t, master)
	if err := <-waits; err != nil {
		t.Errorf("with the replica back: %v", err)
	}
	if r, err := s.Get(t.Context(), key); err != nil || len(r.Data) != 1 || r.Version != 2 {
		t.Errorf("repeated often, and stored as %+v, %v", r, err)
	}
}

// slotsMove sends a part of a shard to another, as an administrator does.
func slotsMove(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	l := startLoad(t, s)
	l.advance(t, 20)
	masters := c.Masters()
	c.Reshard(masters[0], masters[1], 1500)
	l.advance(t, 20)
	l.check(t)
}

// slotOnItsWay: what was in the slot is at its old master, what is made meanwhile
// at its new one.
func slotOnItsWay(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	from, to := c.Masters()[0], c.Masters()[1]
	stays := keyAt(t, c, from, t.Name())
	comes := stays + " too" // in the same slot
	slot := ask(t, from, "cluster", "keyslot", t.Name()+"record:"+stays)
	make := func(key string) {
		t.Helper()
		if err := s.Create(t.Context(), session.Record{Key: key, Expires: time.Now().Add(time.Hour)}); err != nil {
			t.Errorf("create %s: %v", key, err)
		}
	}
	change := func(key string, version uint64) {
		t.Helper()
		r, err := s.Update(t.Context(), key, func(r session.Record) (session.Record, error) { return r, nil })
		if err != nil || r.Version != version {
			t.Errorf("update of %s: version %d, %v", key, r.Version, err)
		}
	}
	make(stays)
	ask(t, to, "cluster", "setslot", slot, "importing", ask(t, from, "cluster", "myid"))
	ask(t, from, "cluster", "setslot", slot, "migrating", ask(t, to, "cluster", "myid"))
	make(comes)
	change(stays, 2)
	change(comes, 2)
	host, port, _ := strings.Cut(to.Address, ":")
	ask(t, from, "migrate", host, port, t.Name()+"record:"+stays, "0", "5000")
	change(stays, 3)
	for _, node := range []*engine.Redis{to, from} {
		ask(t, node, "cluster", "setslot", slot, "node", ask(t, to, "cluster", "myid"))
	}
	change(stays, 4)
	change(comes, 3)
}

// cut ends the link of a master to its replicas and lets no other come about.
func cut(t *testing.T, master *engine.Redis) {
	t.Helper()
	ask(t, master, "acl", "setuser", "default", "-psync", "-sync")
	ask(t, master, "client", "kill", "type", "replica")
}

// mend leaves SYNC out: a replica that came back by it, because PSYNC was refused
// a moment ago, would confirm nothing.
func mend(t *testing.T, master *engine.Redis) {
	t.Helper()
	ask(t, master, "acl", "setuser", "default", "+psync")
}

func ask(t *testing.T, node *engine.Redis, args ...string) string {
	t.Helper()
	out, err := node.Ask(args...)
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, out)
	}
	return out
}

// replace kills a master and starts it again once its replica has taken over.
func replace(t *testing.T, c *engine.RedisCluster, l *load, dead *engine.Redis) {
	t.Helper()
	begin := time.Now()
	dead.Kill()
	promoted(t, c)
	dead.Restart()
	back := time.Since(begin)
	t.Logf("every writer went on %v after the kill", back+l.advance(t, 20))
}

// promoted waits until every shard has a master that lives.
func promoted(t *testing.T, c *engine.RedisCluster) {
	t.Helper()
	for begin := time.Now(); len(c.Masters()) < 3; {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("no replica was promoted")
		}
	}
}

// keyAt finds a key whose record lies at a master, and so does that of every key
// which begins with it.
func keyAt(t *testing.T, c *engine.RedisCluster, master *engine.Redis, prefix string) string {
	t.Helper()
	client := bare.NewClusterClient(&bare.ClusterOptions{Addrs: c.Addresses()})
	defer func() { _ = client.Close() }()
	for n := 0; ; n++ {
		key := fmt.Sprintf("{%d}", n)
		node, err := client.MasterForKey(t.Context(), prefix+"record:"+key)
		if err != nil {
			t.Fatal(err)
		}
		if node.Options().Addr == master.Address {
			return key
		}
	}
}
