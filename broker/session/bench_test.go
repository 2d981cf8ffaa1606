package session_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
)

// BenchmarkLookup is the price of a used token whose session is in memory.
func BenchmarkLookup(b *testing.B) {
	file, err := bolt.Open(context.Background(), filepath.Join(b.TempDir(), "sessions.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	s, err := session.New(session.Config{
		Store: file,
		Keys:  session.Keys{Current: session.NewKey()},
		Times: session.Times{Idle: time.Hour, Max: 10 * time.Hour},
		Log:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	_, ticket, err := s.Create(context.Background(), session.SignOn{UID: nurse})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Lookup(context.Background(), ticket.Reveal(), session.Use); err != nil {
			b.Fatal(err)
		}
	}
}
