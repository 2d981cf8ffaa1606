package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"lanyard/broker/session"
)

func runKey(t *testing.T, verb, path string) error {
	t.Helper()
	c := command()
	c.SetArgs([]string{"key", verb, path})
	return c.ExecuteContext(t.Context())
}

// TestRotation goes through a rotation; what a node knows of the step before and
// after is enough for the tickets of both.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal.key")
	if _, err := readKeys(path); !errors.Is(err, errNoKey) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	var before session.Keys
	for _, step := range []struct {
		verb string
		want error
		keys int
	}{
		{"add", errNoKey, 0},
		{"new", nil, 1},
		{"new", errKeyThere, 1},
		{"swap", errOneKey, 1},
		{"drop", errOneKey, 1},
		{"add", nil, 2},
		{"add", errTwoKeys, 2},
		{"swap", nil, 2},
		{"drop", nil, 1},
	} {
		if err := runKey(t, step.verb, path); !errors.Is(err, step.want) {
			t.Fatalf("%s: %v", step.verb, err)
		}
		if step.keys == 0 {
			continue
		}
		k, err := readKeys(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := 1 + min(1, len(k.Previous)); got != step.keys {
			t.Fatalf("after %s: %d keys", step.verb, got)
		}
		if before.Current != nil && !knows(before, k.Current) || before.Current != nil && !knows(k, before.Current) {
			t.Errorf("%s: a node before it and one after it do not know each other's key", step.verb)
		}
		before = k
	}
}

func knows(k session.Keys, key []byte) bool {
	return bytes.Equal(k.Current, key) || bytes.Equal(k.Previous, key)
}

func TestReadKeysRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "short": "c2hvcnQ=\n", "not base64": "?\n", "three": "a\nb\nc\n",
		"large": string(bytes.Repeat([]byte("A"), maxPrivate+1)),
	} {
		path := filepath.Join(t.TempDir(), "seal.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readKeys(path); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
