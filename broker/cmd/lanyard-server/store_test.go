//go:build unix

package main

import (
	"errors"
	"path/filepath"
	"testing"

	"lanyard/broker/session"
	"lanyard/test/engine"
)

// TestStoreThatServersShare: two servers with the same settings have one store,
// and neither makes a key of its own.
func TestStoreThatServersShare(t *testing.T) {
	c := defaults()
	c.Store.Kind, c.Store.Address = storePostgres, engine.StartPostgres(t).Database(t)
	c.KeyFile = filepath.Join(t.TempDir(), "seal.key")
	if _, err := c.keys(); !errors.Is(err, errNoKey) {
		t.Errorf("without a key file: %v", err)
	}
	if err := runKey(t, "new", c.KeyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := c.keys(); err != nil {
		t.Error(err)
	}
	for range 2 {
		s, err := c.openStore(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		if _, ok := s.(session.Shared); !ok {
			t.Errorf("%T cannot be shared", s)
		}
	}
}
