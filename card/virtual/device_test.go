package virtual

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// ring is a keyring that can fail.
type ring struct {
	mu     sync.Mutex
	secret []byte
	err    error
}

func (r *ring) Get(context.Context) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.err != nil:
		return nil, r.err
	case r.secret == nil:
		return nil, ErrNotInRing
	}
	return append([]byte(nil), r.secret...), nil
}

func (r *ring) Set(_ context.Context, secret []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	r.secret = append([]byte(nil), secret...)
	return nil
}

func mustKey(t *testing.T, d *Device) [32]byte {
	t.Helper()
	key, err := d.DeviceKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return *key
}

func TestDeviceKeyInKeyring(t *testing.T) {
	r := &ring{}
	d := &Device{Dir: filepath.Join(t.TempDir(), "device"), Ring: r}
	if p, _, err := d.Where(); p != NoPlace || err != nil {
		t.Errorf("before: %v, %v", p, err)
	}
	key := mustKey(t, d)
	if key == [32]byte{} {
		t.Error("key is all zero")
	}
	if p, why, err := d.Where(); p != InKeyring || why != "" || err != nil {
		t.Errorf("after: %v, %q, %v", p, why, err)
	}
	if again := mustKey(t, &Device{Dir: d.Dir, Ring: r}); again != key {
		t.Error("another key the second time")
	}
	if _, err := os.Stat(d.path(keyFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key file is there too: %v", err)
	}
	// A keyring that goes away must not lead to a new key.
	r.err = errors.New("collection is locked")
	if _, err := d.DeviceKey(t.Context()); !errors.Is(err, ErrKeyring) || !errors.Is(err, r.err) {
		t.Errorf("keyring gone: %v", err)
	}
	if _, err := (&Device{Dir: d.Dir}).DeviceKey(t.Context()); !errors.Is(err, ErrKeyring) {
		t.Errorf("program without keyring: %v", err)
	}
}

func TestDeviceKeyInFile(t *testing.T) {
	for name, d := range map[string]*Device{
		"no keyring":      {},
		"keyring refuses": {Ring: &ring{err: errors.New("no such service")}},
	} {
		t.Run(name, func(t *testing.T) {
			d.Dir = filepath.Join(t.TempDir(), "device")
			key := mustKey(t, d)
			p, why, err := d.Where()
			if p != InFile || why == "" || err != nil {
				t.Errorf("%v, %q, %v", p, why, err)
			}
			if d.Ring != nil && !strings.Contains(why, "no such service") {
				t.Errorf("reason %q does not tell the keyring's", why)
			}
			info, err := os.Stat(d.path(keyFile))
			if err != nil || !private(info) {
				t.Errorf("key file: %v, %v", info.Mode(), err)
			}
			// A keyring that comes later changes nothing.
			if again := mustKey(t, &Device{Dir: d.Dir, Ring: &ring{}}); again != key {
				t.Error("another key the second time")
			}
		})
	}
}

func TestDeviceKeyFileThatIsNone(t *testing.T) {
	d := &Device{Dir: t.TempDir()}
	for name, octets := range map[string]string{"empty": "", "short": "QUJD", "no base64": "%%%", "long": strings.Repeat("A", 100000)} {
		if err := os.WriteFile(d.path(keyFile), []byte(octets), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := d.DeviceKey(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDeviceKeyMadeOnce(t *testing.T) {
	dir := t.TempDir()
	keys := make([][32]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := (&Device{Dir: dir}).DeviceKey(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = *key
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k != keys[0] {
			t.Fatal("two keys were made")
		}
	}
}

// TestKeyringThatHangs: an unlock dialog nobody answers costs the time limit.
func TestKeyringThatHangs(t *testing.T) {
	release := make(chan struct{})
	ended := make(chan struct{})
	hang := func() (string, error) {
		<-release
		close(ended)
		return "late", nil
	}
	_, err := Keyring{Timeout: 10 * time.Millisecond}.ask(t.Context(), hang)
	if err == nil || !strings.Contains(err.Error(), "did not answer") {
		t.Errorf("hanging keyring: %v", err)
	}
	close(release)
	<-ended
}

func TestKeyringAnswers(t *testing.T) {
	k := Keyring{}
	refused := errors.New("refused")
	got, err := k.ask(t.Context(), func() (string, error) { return "secret", nil })
	if err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := k.ask(t.Context(), func() (string, error) { return "", refused }); !errors.Is(err, refused) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	block := make(chan struct{})
	defer close(block)
	_, err = k.ask(ctx, func() (string, error) { <-block; return "", nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
