//go:build unix

package redis_test

import (
	"strings"
	"testing"

	"lanyard/broker/session/redis"
	"lanyard/test/engine"
)

// TestSentinel: the master is killed under writers, and one of two replicas
// takes over.
func TestSentinel(t *testing.T) {
	e := engine.StartRedisSentinel(t, 2)
	s := open(t, "redis+sentinel://"+strings.Join(e.Addresses, ",")+"/"+e.Name, redis.Options{})
	l := startLoad(t, s)
	l.advance(t, 20)
	e.Nodes[0].Kill()
	t.Logf("every writer went on %v after the kill", l.advance(t, 20))
	e.Nodes[0].Restart()
	l.advance(t, 20)
	l.check(t)
}
