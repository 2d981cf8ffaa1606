package widget_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"lanyard/ui/widget"
)

// guard is how long Enter is deaf after the focus came.
const guard = 500 * time.Millisecond

func TestPINCompares(t *testing.T) {
	p, now := pinField(t)
	other := widget.NewPIN(look(1), func() time.Time { return *now })
	if !p.Same(other) || !p.Digits() {
		t.Error("two empty fields differ")
	}
	for _, c := range []struct {
		a, b   string
		same   bool
		digits bool
	}{
		{"739146", "739146", true, true},
		{"739146", "739147", false, true},
		{"739146", "7391460", false, true},
		{"73914", "739140", false, true},
		{"73a146", "73a146", true, false},
	} {
		p.Wipe()
		other.Wipe()
		test.Type(p, c.a)
		test.Type(other, c.b)
		if p.Same(other) != c.same || other.Same(p) != c.same || p.Digits() != c.digits {
			t.Errorf("%s and %s: same %v, digits %v", c.a, c.b, p.Same(other), p.Digits())
		}
	}
}

// TestPINTellsOfCapsLockOnlyWhatIsSo: the toolkit tells no state of the lock, a
// letter does.
func TestPINTellsOfCapsLockOnlyWhatIsSo(t *testing.T) {
	p, _ := pinField(t)
	p.KeyDown(key(desktop.KeyCapsLock, 66))
	if p.Caps() {
		t.Error("the lock may just have been switched off")
	}
	p.TypedRune('7')
	if p.Caps() || p.Odd() {
		t.Error("a digit tells nothing")
	}
	p.TypedRune('Q')
	if !p.Caps() || !p.Odd() {
		t.Error("a capital without Shift tells that the lock is on")
	}
	p.TypedRune('7')
	if !p.Caps() || p.Odd() {
		t.Error("it is on until something tells otherwise")
	}
	p.KeyDown(key(desktop.KeyCapsLock, 66))
	if p.Caps() {
		t.Error("it was switched: that it is on is known no more")
	}
	p.TypedRune('Q')
	p.FocusLost()
	p.FocusGained()
	if p.Caps() {
		t.Error("it may have been switched elsewhere")
	}
}

func TestPINGuard(t *testing.T) {
	p, now := pinField(t)
	sent := 0
	p.Submit = func() { sent++ }
	test.Type(p, "739146")
	*now = now.Add(time.Hour)
	p.Guard()
	p.TypedKey(key(fyne.KeyReturn, 36))
	if sent != 0 {
		t.Error("Enter is taken at once though the window has just come up")
	}
	*now = now.Add(501 * time.Millisecond)
	p.TypedKey(key(fyne.KeyReturn, 36))
	if sent != 1 {
		t.Errorf("sent %d times, want 1", sent)
	}
}

// TestPINGuardOnABusyMachine: the toolkit draws for so long that it hears of the
// focus and of all keys at once.
func TestPINGuardOnABusyMachine(t *testing.T) {
	for _, c := range []struct {
		name   string
		before string        // typed before the focus went and came back
		late   time.Duration // from the window's coming up to the focus and the keys
		typed  string
		sent   int
	}{
		{"a passcode", "", 2 * time.Second, "739146", 1},
		{"the shortest passcode", "", guard, "7391", 1},
		{"nothing that is a passcode", "", 2 * time.Second, "739", 0},
		{"a passcode, but the window has just come up", "", guard - 1, "739146", 0},
		{"a passcode from before the focus went", "739146", 2 * time.Second, "", 0},
		{"the end of one from before the focus went", "739", 2 * time.Second, "146", 0},
	} {
		p, now := pinField(t)
		sent := 0
		p.Submit = func() { sent++ }
		*now = now.Add(time.Hour)
		p.Guard()
		test.Type(p, c.before)
		p.FocusLost()
		*now = now.Add(c.late)
		p.FocusGained()
		test.Type(p, c.typed)
		p.TypedKey(key(fyne.KeyReturn, 36))
		if sent != c.sent {
			t.Errorf("%s: sent %d times, want %d", c.name, sent, c.sent)
		}
		*now = now.Add(guard)
		p.TypedKey(key(fyne.KeyReturn, 36))
		if sent == 0 {
			t.Errorf("%s: Enter stays deaf", c.name)
		}
	}
}

func TestPINHasAName(t *testing.T) {
	p, _ := pinField(t)
	p.Label = "Passcode"
	if p.AccessibilityLabel() != "Passcode" {
		t.Errorf("read out as %q", p.AccessibilityLabel())
	}
}
