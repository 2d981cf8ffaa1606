package redis_test

import (
	"context"
	"errors"
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
		{"unconfirmed is not stored", unconfirmed},
		{"a master is killed", masterKilled},
		{"a master is killed whose replica is behind", staleReplica},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.Settle()
			tt.run(t, c, open(t, address, redis.Options{Prefix: tt.name}))
		})
	}
}

// masterKilled: the dead node has to come back before its shard confirms again.
func masterKilled(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	l := startLoad(t, s)
	l.advance(t, 20)
	dead := c.Masters()[0]
	dead.Kill()
	promoted(t, c)
	dead.Restart()
	t.Logf("writers went on after %v", l.advance(t, 20))
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
	dead.Kill()
	promoted(t, c)
	dead.Restart()
	t.Logf("writers went on after %v", l.advance(t, 20))
	l.check(t)
}

// unconfirmed: without its replica a master confirms nothing, and with it what
// was repeated meanwhile.
func unconfirmed(t *testing.T, c *engine.RedisCluster, s *redis.Store) {
	master := c.Masters()[0]
	key := keyAt(t, c, master, "unconfirmed is not stored")
	cut(t, master)
	ctx, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
	defer cancel()
	if err := s.Create(ctx, session.Record{Key: key, Expires: time.Now().Add(time.Hour)}); !errors.Is(err, session.ErrOutcomeUnknown) {
		t.Errorf("without a replica: %v", err)
	}
	waits := make(chan error, 1)
	settled := time.NewTimer(time.Second)
	defer settled.Stop()
	go func() {
		_, err := s.Update(t.Context(), key, func(r session.Record) (session.Record, error) {
			r.Data = append(r.Data, 1)
			return r, nil
		})
		waits <- err
	}()
	select {
	case err := <-waits:
		t.Errorf("confirmed without a replica: %v", err)
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

// cut ends the link of a master to its replicas and lets no other come about.
func cut(t *testing.T, master *engine.Redis) {
	t.Helper()
	ask(t, master, "acl", "setuser", "default", "-psync", "-sync")
	ask(t, master, "client", "kill", "type", "replica")
}

func mend(t *testing.T, master *engine.Redis) {
	t.Helper()
	ask(t, master, "acl", "setuser", "default", "+psync", "+sync")
}

func ask(t *testing.T, node *engine.Redis, args ...string) string {
	t.Helper()
	out, err := node.Ask(args...)
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, out)
	}
	return out
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

// keyAt finds a key whose record lies at a master.
func keyAt(t *testing.T, c *engine.RedisCluster, master *engine.Redis, prefix string) string {
	t.Helper()
	client := bare.NewClusterClient(&bare.ClusterOptions{Addrs: c.Addresses()})
	defer func() { _ = client.Close() }()
	for key := "k"; ; key += "k" {
		node, err := client.MasterForKey(t.Context(), prefix+"record:"+key)
		if err != nil {
			t.Fatal(err)
		}
		if node.Options().Addr == master.Address {
			return key
		}
	}
}
