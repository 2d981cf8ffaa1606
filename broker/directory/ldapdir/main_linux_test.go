package ldapdir_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/ldapdir"
	"lanyard/test/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const grace broker.UID = "900000000017"

// settings reach a slapd over LDAPS and keep nothing.
func settings(s *engine.Slapd) ldapdir.Config {
	return ldapdir.Config{
		URLs: []string{"ldaps://" + s.TLSAddress}, Anchors: anchors(s), Base: engine.SlapdBase, BindDN: engine.SlapdReader,
		Password: password(engine.SlapdPassword), ConnectTimeout: 10 * time.Second, SearchTimeout: 10 * time.Second,
	}
}

func password(text string) func() ([]byte, error) {
	return func() ([]byte, error) { return []byte(text), nil }
}

func open(t testing.TB, c ldapdir.Config) *ldapdir.Directory {
	t.Helper()
	d, err := ldapdir.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// known: somebody is in the directory.
func known(t *testing.T, d *ldapdir.Directory, uid broker.UID) *broker.User {
	t.Helper()
	u, err := d.User(t.Context(), uid)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// down: the directory does not answer, and says nothing of the person.
func down(t *testing.T, d *ldapdir.Directory, because string) {
	t.Helper()
	u, err := d.User(t.Context(), grace)
	if u != nil || !errors.Is(err, directory.ErrDown) || errors.Is(err, directory.ErrUnknown) || !strings.Contains(err.Error(), because) {
		t.Fatalf("%v, %v, want %q", u, err, because)
	}
}

// eventually waits for something to become so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit := time.NewTimer(10 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// journal is a log that is read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) count(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Count(j.text.String(), text)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }
