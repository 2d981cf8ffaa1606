package pkcs11

import (
	"context"
	"errors"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/virtual/applet/applettest"
)

// onKeys makes the module one whose readers have keys, on which this is typed.
func onKeys(pin string) string { return "FAULTY_KEYS=" + pin }

// TestFaultsOnTheKeys: what comes of C_Login while the reader waits is told as
// for a PIN that is sent, and it is called once each time that it began.
func TestFaultsOnTheKeys(t *testing.T) {
	t.Parallel()
	module, s := compile(t), newStore(t, keys["P-256"])
	for _, c := range []struct {
		order string
		is    error
		known bool
	}{
		{"C_Login 0x50", card.ErrCancelled, true},
		{"C_Login 0x1", card.ErrCancelled, true},
		{"C_Login 0x7", card.ErrUnsupported, true},
		{"C_Login 0xa2", card.ErrPINFormat, true},
		{"C_Login 0xa4", card.ErrPINBlocked, true},
		{"C_Login 0x5", card.ErrPINUnknown, false},
		{"C_Login 0x32", card.ErrRemoved, false},
		{"C_Login hang", card.ErrModuleHung, false},
		{"C_Login crash", card.ErrModuleCrashed, false},
	} {
		t.Run(c.order, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, module, s, onKeys(applettest.PIN))
			if wait, ok := f.tok.(card.Keypad).Keypad(); !ok || wait != keypadWait {
				t.Fatalf("keys: %v, %v", wait, ok)
			}
			logins := f.calls(t, "C_Login")
			f.next(t, c.order)
			begun, err := f.signOnKeys(t.Context(), f.key)
			f.wantDone(t)
			if !errors.Is(err, c.is) || errors.Is(err, card.ErrPINUnknown) == c.known {
				t.Errorf("%v, want %v, known %v", err, c.is, c.known)
			}
			if n := f.calls(t, "C_Login") - logins; begun != 1 || n != 1 {
				t.Errorf("begun %d times, C_Login called %d times", begun, n)
			}
			if !errors.Is(err, card.ErrRemoved) {
				f.wantWell(t)
			}
		})
	}
}

// TestKeys: a key that wants the PIN each time has it typed once more, and each
// time it begins anew. The module's process has had no PIN and goes on.
func TestKeys(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, compile(t), newStore(t, keys["P-256"]), onKeys(applettest.PIN))
	for _, c := range []struct {
		key   card.Key
		begun int
	}{{f.key, 1}, {f.other, 2}} {
		logins := f.calls(t, "C_Login")
		begun, err := f.signOnKeys(t.Context(), c.key)
		must(t, err)
		if n := f.calls(t, "C_Login") - logins; begun != c.begun || n != begun {
			t.Errorf("%v: begun %d times, C_Login called %d times; want %d", c.key.Purpose, begun, n, c.begun)
		}
		if !f.o.hosts[0].running() {
			t.Error("the module's process was ended")
		}
	}
}

// TestWrongPINOnTheKeys: the refusal is told, and not repeated.
func TestWrongPINOnTheKeys(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, compile(t), newStore(t, keys["P-256"]), onKeys("864202"))
	logins := f.calls(t, "C_Login")
	begun, err := f.signOnKeys(t.Context(), f.key)
	var refused *card.PINError
	if n := f.calls(t, "C_Login") - logins; !errors.As(err, &refused) || begun != 1 || n != 1 {
		t.Errorf("%v; begun %d times, C_Login called %d times", err, begun, n)
	}
}

// TestEndOfContextOnTheKeys: the reader cannot be told to stop; the process is,
// and what is typed after that is nobody's.
func TestEndOfContextOnTheKeys(t *testing.T) {
	t.Parallel()
	f := newFaulty(t, compile(t), newStore(t, keys["P-256"]), onKeys(applettest.PIN))
	f.o.hosts[0].keypad = time.Hour
	f.next(t, "C_Login hang")
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("nobody waits any more")
	go func() {
		waitGone(f.order())
		cancel(why)
	}()
	begun, err := f.signOnKeys(ctx, f.key)
	if !errors.Is(err, why) || !errors.Is(err, card.ErrPINUnknown) || begun != 1 {
		t.Errorf("%v; begun %d times", err, begun)
	}
	f.wantWell(t)
}
