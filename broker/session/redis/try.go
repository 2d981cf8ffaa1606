package redis

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"
)

// call is one run of a script.
type call struct {
	script *redis.Script
	key    string
	args   []any
	asking bool // the key's slot is about to come to the node that is asked
}

// try makes a call once, at the master of its key. In a cluster a table that is
// out of date shows in the error (MOVED): the next try has a new one.
func (s *Store) try(ctx context.Context, c call) (bool, error) {
	node := s.one
	if s.many != nil {
		var err error
		if node, err = s.many.MasterForKey(ctx, c.key); err != nil {
			return false, err
		}
	}
	done, err := s.ask(ctx, node, c)
	if at, moving := redis.IsAskError(err); moving && s.many != nil {
		if node := s.master(ctx, at); node != nil {
			c.asking = true
			return s.ask(ctx, node, c)
		}
	}
	return done, err
}

// master returns the one at an address, nil where the client knows none.
func (s *Store) master(ctx context.Context, address string) (found *redis.Client) {
	var mu sync.Mutex // the masters are gone through side by side
	_ = s.many.ForEachMaster(ctx, func(_ context.Context, node *redis.Client) error {
		if node.Options().Addr == address || node.NodeAddress() == address {
			mu.Lock()
			defer mu.Unlock()
			found = node
		}
		return nil
	})
	return found
}

// ask makes a call at a node: by the script's name, which costs less, and in
// full where the node has not seen it since it started.
func (s *Store) ask(ctx context.Context, node *redis.Client, c call) (bool, error) {
	done, err := s.send(ctx, node, c, c.script.EvalSha)
	if saysFirst(err, "NOSCRIPT") {
		done, err = s.send(ctx, node, c, c.script.Eval)
	}
	return done, err
}

type evaluate func(ctx context.Context, to redis.Scripter, keys []string, args ...any) *redis.Cmd

// send puts call and WAIT on one connection, since WAIT covers what its own
// connection wrote, and in one packet.
func (s *Store) send(ctx context.Context, node *redis.Client, c call, eval evaluate) (bool, error) {
	var confirmed *redis.Cmd
	p := node.Pipeline()
	if c.asking {
		p.Do(ctx, "asking")
	}
	answer := eval(ctx, p, []string{c.key}, c.args...)
	if s.confirmations > 0 {
		confirmed = p.Do(ctx, "wait", s.confirmations, confirmIn.Milliseconds())
	}
	_, _ = p.Exec(ctx) // each command has its own error
	done, err := answer.Bool()
	if err != nil || !done || confirmed == nil {
		return done, err
	}
	n, err := confirmed.Int()
	switch {
	case err != nil:
		return false, fmt.Errorf("%w: %w", errUnconfirmed, err)
	case n < s.confirmations:
		return false, fmt.Errorf("%w: %d of %d", errUnconfirmed, n, s.confirmations)
	default:
		return true, nil
	}
}
