//go:build unix

package redis_test

import (
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	bare "github.com/redis/go-redis/v9"

	"lanyard/broker/session"
	"lanyard/broker/session/redis"
	"lanyard/test/engine"
)

// lossy is a way to a server on which an answer can be lost.
type lossy struct {
	address string
	lose    atomic.Bool // the next answer
	lost    atomic.Int64
}

func startLossy(t *testing.T, server string) *lossy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &lossy{address: ln.Addr().String()}
	var all sync.WaitGroup
	t.Cleanup(func() {
		_ = ln.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", server)
			if err != nil {
				t.Error(err)
				_ = near.Close()
				continue
			}
			all.Go(func() {
				_, _ = io.Copy(far, near)
				_ = far.Close()
			})
			all.Go(func() { l.answers(near, far) })
		}
	})
	return l
}

func (l *lossy) answers(near, far net.Conn) {
	defer func() { _ = near.Close() }()
	buf := make([]byte, 64<<10)
	for {
		n, err := far.Read(buf)
		if err != nil {
			return
		}
		if l.lose.Swap(false) {
			l.lost.Add(1)
			return
		}
		if _, err := near.Write(buf[:n]); err != nil {
			return
		}
	}
}

// TestLostAnswers: a write took effect, and nobody was told.
func TestLostAnswers(t *testing.T) {
	server := engine.StartRedis(t)
	way := startLossy(t, server.Address)
	s := open(t, "redis://"+way.address, redis.Options{})
	add := func(r session.Record) (session.Record, error) {
		way.lose.Store(true) // the answer to what fn returns
		r.Data = append(r.Data, 1)
		return r, nil
	}
	for i := range 3 { // at first the server knows no script
		r := lasting(strconv.Itoa(i))
		r.Owner = "" // so that the record is all that is written
		way.lose.Store(true)
		if err := s.Create(t.Context(), r); err != nil {
			t.Fatalf("create: %v", err)
		}
		if err := s.Create(t.Context(), r); !errors.Is(err, session.ErrExists) {
			t.Errorf("create once more: %v", err)
		}
		told, err := s.Update(t.Context(), r.Key, add)
		if err != nil {
			t.Fatalf("update: %v", err)
		}
		kept, err := s.Get(t.Context(), r.Key)
		if err != nil || kept.Version != 2 || len(kept.Data) != 1 || told.Version != 2 {
			t.Errorf("after one addition: %+v, %v; told %+v", kept, err, told)
		}
	}
	if n := way.lost.Load(); n != 6 {
		t.Errorf("%d answers were lost, not 6", n)
	}
}

// TestOtherPast: after a failover that lost unconfirmed writes, another record
// stands under the version that an update is based on.
func TestOtherPast(t *testing.T) {
	server := engine.StartRedis(t)
	s := open(t, "redis://"+server.Address, redis.Options{})
	client := bare.NewClient(&bare.Options{Addr: server.Address})
	t.Cleanup(func() { _ = client.Close() })
	r := lasting("a")
	r.Data = []byte("lost")
	if err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	runs := 0
	got, err := s.Update(t.Context(), "a", func(r session.Record) (session.Record, error) {
		if runs++; runs == 1 {
			if err := client.HSet(t.Context(), redis.DefaultPrefix+"record:a", "data", "ended", "write", "of another").Err(); err != nil {
				t.Error(err)
			}
		}
		r.Data = append(r.Data, " seen"...)
		return r, nil
	})
	if err != nil || runs != 2 || string(got.Data) != "ended seen" {
		t.Errorf("after %d runs the record is %q, %v", runs, got.Data, err)
	}
}

// TestRepeatWrites: a repeated write is one, so that WAIT behind it covers it.
func TestRepeatWrites(t *testing.T) {
	server := engine.StartRedis(t)
	client := bare.NewClient(&bare.Options{Addr: server.Address})
	t.Cleanup(func() { _ = client.Close() })
	size := func() int {
		t.Helper()
		m, err := client.InfoMap(t.Context(), "persistence").Result()
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(m["Persistence"]["aof_current_size"])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	way := startLossy(t, server.Address)
	s := open(t, "redis://"+way.address, redis.Options{})
	grows := func(key, owner string, lose bool) int {
		t.Helper()
		before := size()
		way.lose.Store(lose)
		r := lasting(key)
		r.Owner = owner
		if err := s.Create(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		return size() - before
	}
	grows("first", "o", false)                // from here on the scripts are known
	for _, owner := range []string{"", "o"} { // the record's answer is lost, then the index's
		once, again := grows("once"+owner, owner, false), grows("many"+owner, owner, true)
		if again <= once {
			t.Errorf("owner %q: the server's log grew by %d for a write, and by %d for one that was repeated", owner, once, again)
		}
	}
}
