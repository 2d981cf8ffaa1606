package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/redis/go-redis/v9"

	"lanyard/broker/session"
)

// The pauses between tries.
const (
	firstPause   = 10 * time.Millisecond
	longestPause = 320 * time.Millisecond
)

// errUnconfirmed: the master has a write, and too few replicas have said that
// they do.
var errUnconfirmed = errors.New("write is not confirmed by enough replicas")

// write runs a script until its outcome is known and confirmed, and tells
// whether it wrote. A second run of one that took effect takes no other.
func (s *Store) write(ctx context.Context, script *redis.Script, key string, args ...any) (done bool, err error) {
	if err := s.open(ctx); err != nil {
		return false, err
	}
	c := call{script: script, key: key, args: args}
	sent := false
	err = s.again(ctx, func(ctx context.Context) error {
		var err error
		done, err = s.try(ctx, c)
		sent = sent || err != nil && mayHaveArrived(err)
		return err
	})
	if err != nil && sent {
		return false, fmt.Errorf("%w: %w", session.ErrOutcomeUnknown, err)
	}
	return done, err
}

// read asks until there is an answer.
func (s *Store) read(ctx context.Context, query func(context.Context) error) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	return s.again(ctx, query)
}

// again runs f until it succeeds, is refused for good, or ctx ends.
func (s *Store) again(ctx context.Context, f func(context.Context) error) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for wait := firstPause; ; wait = min(2*wait, longestPause) {
		err := f(ctx)
		switch {
		case err == nil, errors.Is(err, session.ErrNotFound):
			return err
		case s.closed.Load():
			return session.ErrClosed
		case ctx.Err() != nil:
			return fmt.Errorf("session store: %w: %w", context.Cause(ctx), err)
		case refused(err):
			return fmt.Errorf("session store: %w", err)
		}
		if s.many != nil {
			s.many.ReloadState(ctx) // goes on by itself, once at a time
		}
		pause.Reset(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return fmt.Errorf("session store: %w: %w", context.Cause(ctx), err)
		}
	}
}

// refused tells whether asking again is of no use: Redis understood and said
// no, or what it keeps makes no sense. What it says while it starts, fails over,
// moves slots or is full passes.
func refused(err error) bool {
	if errors.Is(err, errUnconfirmed) || redis.IsMaxClientsError(err) {
		return false
	}
	for _, word := range [...]string{"ERR", "NOAUTH", "NOPERM", "WRONGPASS", "WRONGTYPE"} {
		if saysFirst(err, word) {
			return true
		}
	}
	return errors.Is(err, errDamaged)
}

// saysFirst tells whether an answer of Redis begins with a word.
func saysFirst(err error, word string) bool {
	var said redis.Error
	return errors.As(err, &said) && len(said.Error()) > len(word) && said.Error()[:len(word)+1] == word+" "
}

// mayHaveArrived tells whether a write that went wrong may have taken effect.
// It has not where no connection was had, nor where Redis answered with a no.
func mayHaveArrived(err error) bool {
	if errors.Is(err, errUnconfirmed) {
		return true
	}
	var said redis.Error
	var dial *net.OpError
	switch {
	case errors.As(err, &said):
		return false
	case errors.As(err, &dial) && dial.Op == "dial":
		return false
	default:
		return !errors.Is(err, redis.ErrPoolTimeout) && !errors.Is(err, redis.ErrPoolExhausted) && !errors.Is(err, redis.ErrClosed)
	}
}
