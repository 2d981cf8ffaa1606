package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
	"lanyard/broker/session/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("LANYARD_TEST_WRITE_SESSIONS"); path != "" {
		writeForEver(path)
	}
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Harness {
		path := filepath.Join(t.TempDir(), "sessions.db")
		return storetest.Harness{Open: func(t testing.TB, now func() time.Time) session.Store {
			return open(t, path, bolt.Options{Now: now})
		}}
	})
}

func open(t testing.TB, path string, o bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeIt(t testing.TB, s *bolt.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestSecondServerIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	defer closeIt(t, open(t, path, bolt.Options{}))
	s, err := bolt.Open(t.Context(), path, bolt.Options{})
	if err == nil {
		closeIt(t, s)
	}
	if !errors.Is(err, bolt.ErrInUse) {
		t.Errorf("second open: %v", err)
	}
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	closeIt(t, open(t, path, bolt.Options{}))
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestNotASessionFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("not a session file\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(t.Context(), path, bolt.Options{})
	if err == nil {
		closeIt(t, s)
		t.Fatal("a text file was opened as a session file")
	}
	if !strings.Contains(err.Error(), path) {
		t.Errorf("the error names no file: %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "sessions.db"), bolt.Options{})
	defer closeIt(t, s)
	for name, r := range map[string]session.Record{
		"key":   {Key: strings.Repeat("k", 1000)},
		"none":  {},
		"owner": {Key: "k", Owner: strings.Repeat("o", 1000)},
		"data":  {Key: "k", Data: make([]byte, 1<<20)},
	} {
		r.Expires = time.Now().Add(time.Hour)
		if err := s.Create(t.Context(), r); err == nil {
			t.Errorf("%s: stored", name)
		}
	}
}

func TestCompacts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	at := time.Now()
	s := open(t, path, bolt.Options{Now: func() time.Time { return at }})
	var all sync.WaitGroup
	for i := range 2000 {
		all.Go(func() {
			r := session.Record{Key: fmt.Sprintf("gone-%d", i), Expires: at.Add(time.Hour), Data: make([]byte, 4000)}
			if i%100 == 0 {
				r.Key, r.Expires = fmt.Sprintf("kept-%d", i), at.Add(3*time.Hour)
			}
			if err := s.Create(t.Context(), r); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	closeIt(t, s)
	before := size(t, path)

	at = at.Add(2 * time.Hour)
	s = open(t, path, bolt.Options{Now: func() time.Time { return at }})
	if _, err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	// What a compaction that was killed leaves behind is in nobody's way.
	if err := os.WriteFile(path+".compact", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, bolt.Options{Now: func() time.Time { return at }})
	defer closeIt(t, s)
	if after := size(t, path); after > before/4 {
		t.Errorf("%d octets before, %d after", before, after)
	}
	for i := 0; i < 2000; i += 100 {
		if _, err := s.Get(t.Context(), fmt.Sprintf("kept-%d", i)); err != nil {
			t.Errorf("kept-%d: %v", i, err)
		}
	}
	if _, err := os.Stat(path + ".compact"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy is still there: %v", err)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestKilled kills a process that writes without a pause: what it was told to
// be stored is there afterwards.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "LANYARD_TEST_WRITE_SESSIONS="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var stored []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if stored = append(stored, lines.Text()); len(stored) == 500 {
			if err := child.Process.Kill(); err != nil { // what is in the pipe still counts
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if len(stored) < 500 {
		t.Fatalf("the child stored only %d records", len(stored))
	}
	s := open(t, path, bolt.Options{})
	defer closeIt(t, s)
	for _, key := range stored {
		if r, err := s.Get(t.Context(), key); err != nil || string(r.Data) != key {
			t.Errorf("%s: %q, %v", key, r.Data, err)
		}
	}
}

// writeForEver is the child of TestKilled. It prints each key once it is stored.
func writeForEver(path string) {
	s, err := bolt.Open(context.Background(), path, bolt.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for w := range 16 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d-%d", w, i)
				err := s.Create(context.Background(), session.Record{Key: key, Owner: "o", Data: []byte(key), Expires: time.Now().Add(time.Hour)})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				_, _ = os.Stdout.WriteString(key + "\n")
			}
		}()
	}
	select {}
}
