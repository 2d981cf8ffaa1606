package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/virtual/applet/applettest"
)

// faulty is SoftHSM behind a module that misbehaves on command, and a token
// opened with it.
type faulty struct {
	o     *Opener
	tok   card.Token
	key   card.Key // for authentication
	other card.Key // for content commitment

	dir string
	mu  sync.Mutex
	log bytes.Buffer
}

// Write is the log's.
func (f *faulty) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.log.Write(p)
}

func compile(t *testing.T) string {
	t.Helper()
	module := filepath.Join(t.TempDir(), "faulty.so")
	out, err := exec.CommandContext(t.Context(), "gcc", "-shared", "-fPIC", "-O1", "-o", module, filepath.Join("testdata", "faulty.c"), "-ldl").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return module
}

func newFaulty(t *testing.T, module string, s *store, env ...string) *faulty {
	t.Helper()
	f := &faulty{dir: t.TempDir()}
	o, err := NewOpener(Config{
		Module: module, ListTimeout: 3 * time.Second, SignTimeout: 2 * time.Second,
		KeypadTimeout: 4 * time.Second,
		Env:           append([]string{s.copy(t).env(), "FAULTY_MODULE=" + softHSM, "FAULTY_ORDER=" + f.order(), "FAULTY_TRACE=" + f.trace()}, env...),
		Log:           slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	must(t, err)
	t.Cleanup(func() { must(t, o.Close()) })
	f.o = o
	f.tok, err = o.OpenToken(t.Context(), Match{Label: storeLabel})
	must(t, err)
	keys, err := f.tok.Keys(t.Context())
	must(t, err)
	for _, k := range keys {
		switch k.Purpose {
		case card.Authentication:
			f.key = k
		case card.ContentCommitment:
			f.other = k
		case card.OtherPurpose:
		}
	}
	return f
}

func (f *faulty) order() string { return filepath.Join(f.dir, "order") }
func (f *faulty) trace() string { return filepath.Join(f.dir, "trace") }

// next orders a fault.
func (f *faulty) next(t *testing.T, order string) {
	t.Helper()
	must(t, os.WriteFile(f.order(), []byte(order), 0o600))
}

// wantDone checks that the order was carried out.
func (f *faulty) wantDone(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(f.order()); err == nil {
		t.Error("the module was never called where it was to misbehave")
	}
}

// calls counts the calls of a function so far.
func (f *faulty) calls(t *testing.T, function string) int {
	t.Helper()
	b, err := os.ReadFile(f.trace())
	must(t, err)
	return strings.Count(string(b), function+"\n")
}

func (f *faulty) sign(ctx context.Context, k card.Key) (asked int, err error) {
	sum := sha256.Sum256(nil)
	_, err = f.tok.Sign(ctx, k, sum[:], crypto.SHA256, card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		asked++
		return card.NewPIN([]byte(applettest.PIN)), nil
	}))
	return asked, err
}

// signOnKeys has the PIN typed on the reader's keys, and tells how often that
// began.
func (f *faulty) signOnKeys(ctx context.Context, k card.Key) (begun int, err error) {
	sum := sha256.Sum256(nil)
	_, err = f.tok.Sign(ctx, k, sum[:], crypto.SHA256, card.OnKeypad(func() { begun++ }))
	return begun, err
}

// wantWell checks that the next signature works, and that no log has the PIN.
func (f *faulty) wantWell(t *testing.T) {
	t.Helper()
	for _, k := range []card.Key{f.key, f.other} {
		if _, err := f.sign(t.Context(), k); err != nil {
			t.Errorf("the next signature with the %v key: %v", k.Purpose, err)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if strings.Contains(f.log.String(), applettest.PIN) {
		t.Errorf("the PIN is in the log:\n%s", &f.log)
	}
}

// TestFaultsOfAModule: what a module does wrong costs its deadline and nothing
// else. A PIN whose outcome is not known is said to be so, and was sent once.
func TestFaultsOfAModule(t *testing.T) {
	t.Parallel()
	module, s := compile(t), newStore(t, keys["P-256"])
	for _, c := range []struct {
		order string
		is    []error
		not   []error
		asked int
	}{
		{"C_GetSlotList hang", []error{card.ErrModuleHung}, []error{card.ErrPINUnknown}, 0},
		{"C_GetSlotList crash", []error{card.ErrModuleCrashed}, []error{card.ErrPINUnknown}, 0},
		{"C_GetTokenInfo hang", []error{card.ErrModuleHung}, []error{card.ErrPINUnknown}, 0},
		{"C_OpenSession crash", []error{card.ErrModuleCrashed}, []error{card.ErrPINUnknown}, 1},
		{"C_OpenSession 0x32", []error{card.ErrRemoved}, []error{card.ErrPINUnknown}, 1},
		{"C_Login hang", []error{card.ErrModuleHung, card.ErrPINUnknown}, nil, 1},
		{"C_Login crash", []error{card.ErrModuleCrashed, card.ErrPINUnknown}, nil, 1},
		{"C_Login 5", []error{card.ErrPINUnknown}, []error{card.ErrRemoved}, 1},
		{"C_Login 0x30", []error{card.ErrPINUnknown}, []error{card.ErrRemoved}, 1},
		{"C_Login 0x32", []error{card.ErrPINUnknown, card.ErrRemoved}, nil, 1},
		{"C_Login 0xa4", []error{card.ErrPINBlocked}, []error{card.ErrPINUnknown}, 1},
		{"C_Login 0xa2", []error{card.ErrPINFormat}, []error{card.ErrPINUnknown}, 1},
		{"C_Login 0x100", []error{card.ErrReset}, []error{card.ErrPINUnknown}, 1},
		{"C_FindObjects 5", nil, []error{card.ErrPINUnknown, card.ErrRemoved}, 1},
		{"C_SignInit 0x70", []error{card.ErrMechanism}, []error{card.ErrPINUnknown}, 1},
		{"C_Sign hang", []error{card.ErrModuleHung}, []error{card.ErrPINUnknown}, 1},
		{"C_Sign crash", []error{card.ErrModuleCrashed}, []error{card.ErrPINUnknown}, 1},
		{"C_Sign 5", nil, []error{card.ErrPINUnknown, card.ErrRemoved}, 1},
		{"C_Sign 0x101", []error{card.ErrReset}, []error{card.ErrPINUnknown}, 1},
		{"C_Sign 0x80000001", nil, []error{card.ErrPINUnknown, card.ErrRemoved}, 1},
	} {
		t.Run(c.order, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, module, s)
			logins := f.calls(t, "C_Login")
			f.next(t, c.order)
			asked, err := f.sign(t.Context(), f.key)
			f.wantDone(t)
			if err == nil {
				t.Error("no error")
			}
			for _, want := range c.is {
				if !errors.Is(err, want) {
					t.Errorf("%v is not: %v", err, want)
				}
			}
			for _, not := range c.not {
				if errors.Is(err, not) {
					t.Errorf("%v is: %v", err, not)
				}
			}
			if n := f.calls(t, "C_Login") - logins; asked != c.asked || n > asked {
				t.Errorf("asked %d times for the PIN, sent %d times", asked, n)
			}
			if errors.Is(err, card.ErrRemoved) {
				return // for this token
			}
			f.wantWell(t)
		})
	}
}

// TestFaultsAfterTheSignature: a signature that was made is not lost with a
// module that breaks down while the PIN state is dropped.
func TestFaultsAfterTheSignature(t *testing.T) {
	t.Parallel()
	module, s := compile(t), newStore(t, keys["P-256"])
	for _, order := range []string{"C_Logout hang", "C_Logout crash", "C_Logout 5"} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, module, s)
			f.next(t, order)
			if _, err := f.sign(t.Context(), f.key); err != nil {
				t.Error(err)
			}
			f.wantDone(t)
			f.wantWell(t)
		})
	}
}

// TestHangInOpen: a module that hangs when a card is inserted.
func TestHangInOpen(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, compile(t), newStore(t, keys["P-256"]))
	for order, want := range map[string]error{"C_FindObjects hang": card.ErrModuleHung, "C_GetAttributeValue crash": card.ErrModuleCrashed} {
		f.next(t, order)
		if _, err := f.o.OpenToken(t.Context(), Match{Label: storeLabel}); !errors.Is(err, want) {
			t.Errorf("%s: %v", order, err)
		}
		if _, err := f.o.OpenToken(t.Context(), Match{Label: storeLabel}); err != nil {
			t.Errorf("after %s: %v", order, err)
		}
	}
}

// TestCancelOfAHangingCall: a caller who goes does not wait for the deadline,
// and is told what became of the PIN.
func TestCancelOfAHangingCall(t *testing.T) {
	t.Parallel()
	module, s := compile(t), newStore(t, keys["P-256"])
	why := errors.New("nobody waits any more")
	for order, unknown := range map[string]bool{"C_Sign hang": false, "C_Login hang": true} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, module, s)
			f.o.hosts[0].sign = time.Hour
			f.next(t, order)
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() {
				waitGone(f.order())
				cancel(why)
			}()
			begun := time.Now()
			_, err := f.sign(ctx, f.key)
			if !errors.Is(err, why) || errors.Is(err, card.ErrPINUnknown) != unknown {
				t.Errorf("%v", err)
			}
			if took := time.Since(begun); took > time.Minute {
				t.Errorf("it took %v", took)
			}
			f.o.hosts[0].sign = DefaultSignTimeout
			f.wantWell(t)
		})
	}
}

// TestChangeOfPINWhoseOutcomeIsUnknown.
func TestChangeOfPINWhoseOutcomeIsUnknown(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, compile(t), newStore(t, keys["P-256"]))
	change := f.tok.(card.PINChanger)
	f.next(t, "C_SetPIN hang")
	pin := func(s string) *card.PIN { return card.NewPIN([]byte(s)) }
	if err := change.ChangePIN(t.Context(), pin(applettest.PIN), pin("864202")); !errors.Is(err, card.ErrPINUnknown) || !errors.Is(err, card.ErrModuleHung) {
		t.Error(err)
	}
	f.next(t, "C_SetPIN 0x54")
	if err := change.ChangePIN(t.Context(), pin(applettest.PIN), pin("864202")); !errors.Is(err, card.ErrUnsupported) || errors.Is(err, card.ErrPINUnknown) {
		t.Error(err)
	}
	f.wantWell(t)
}
