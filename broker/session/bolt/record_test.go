package bolt

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker/session"
)

func FuzzRecord(f *testing.F) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	f.Add(encode(session.Record{Version: 1, Expires: at, Owner: "900000000017", Data: []byte("{}")}))
	f.Add(encode(session.Record{Version: 9, Expires: at}))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{0xff}, headSize))
	f.Fuzz(func(t *testing.T, value []byte) {
		r, err := decode("k", value)
		switch {
		case err != nil && !errors.Is(err, errRecord):
			t.Fatalf("refused with %v", err)
		case err == nil && !bytes.Equal(encode(r), value):
			t.Fatalf("%x reads as %+v, which writes as %x", value, r, encode(r))
		}
	})
}

// TestOutcomeUnknown stops waiting for a write that is on its way.
func TestOutcomeUnknown(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sessions.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("caller went away")
	r := session.Record{Key: "a", Version: 1, Expires: time.Now().Add(time.Hour)}
	inside, release := make(chan struct{}), make(chan struct{})
	answer := make(chan error, 1)
	go func() {
		answer <- s.write(ctx, func(tb *table, now time.Time) error {
			close(inside)
			<-release
			return tb.create(r, now)
		})
	}()
	<-inside
	cancel(cause)
	if err := <-answer; !errors.Is(err, session.ErrOutcomeUnknown) || !errors.Is(err, cause) {
		t.Errorf("a write that was on its way: %v", err)
	}
	close(release)
	if err := s.Create(t.Context(), r); !errors.Is(err, session.ErrExists) {
		t.Errorf("it did not happen: %v", err)
	}
}

// TestSweepThatIsLeft stops waiting for a sweep while the writer is at it; the
// race detector tells if both use the same values.
func TestSweepThatIsLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var leave func()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sessions.db"), Options{
		Now: func() time.Time { leave(); return time.Now() }, // called by the writer, before each commit
	})
	if err != nil {
		t.Fatal(err)
	}
	leave = cancel
	if _, err := s.Sweep(ctx); err != nil && !errors.Is(err, session.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestOneBadWriteUndoesItsCommit: what shares its transaction is told, and
// nothing of it is left.
func TestOneBadWriteUndoesItsCommit(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sessions.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := session.Record{Key: "a", Version: 1, Expires: time.Now().Add(time.Hour)}
	broken := errors.New("page is damaged")
	batch := []*write{
		{done: make(chan struct{}), do: func(tb *table, now time.Time) error { return tb.create(r, now) }},
		{done: make(chan struct{}), do: func(*table, time.Time) error { return broken }},
	}
	s.commit(batch)
	for _, w := range batch {
		<-w.done
		if !errors.Is(w.err, broken) || errors.Is(w.err, session.ErrOutcomeUnknown) {
			t.Errorf("told %v", w.err)
		}
	}
	if _, err := s.Get(t.Context(), "a"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("half a commit is in the file: %v", err)
	}
}
