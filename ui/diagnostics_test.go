package ui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/broker/agent"
	"lanyard/broker/doctor"
	"lanyard/broker/failure"
	"lanyard/broker/settings/secret"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// machine is a machine as the test wants it to be found.
type machine struct {
	rows  []doctor.Row
	hold  chan struct{} // nil: nothing holds an examination up after its first row
	ended chan error    // how an examination that was held up ended

	mu       sync.Mutex
	looked   int
	saved    []bool // with names
	unlocked int
	cannot   error // of saving and unlocking
}

func (m *machine) Examine(ctx context.Context, tell func(doctor.Row)) doctor.Report {
	m.mu.Lock()
	m.looked++
	rows, hold := m.rows, m.hold
	m.mu.Unlock()
	for i, r := range rows {
		tell(r)
		if i == 0 && hold != nil {
			select {
			case <-hold:
			case <-ctx.Done():
				m.ended <- context.Cause(ctx)
				return doctor.Report{Rows: rows[:1]}
			}
		}
	}
	return doctor.Report{At: time.Date(2026, 11, 24, 8, 14, 0, 0, time.Local), Rows: rows}
}

func (m *machine) Text(b words.Book, r doctor.Report) string {
	return view.DiagnosticsText(b, r, "1.2")
}

func (m *machine) Save(_ context.Context, _ words.Book, _ doctor.Report, names bool) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.saved = append(m.saved, names)
	return "/home/ward/Downloads/lanyard.zip", m.cannot
}

func (m *machine) Unlock(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unlocked++
	return m.cannot
}

// looks tells how often the machine was looked at.
func (m *machine) looks() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.looked
}

// refuses has it refuse to save and to unlock, or not.
func (m *machine) refuses(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cannot = err
}

// visitor is a person at the window of diagnostics.
type visitor struct {
	t *testing.T
	s *Shell
	m *machine

	mu   sync.Mutex
	put  []func()
	wake chan struct{}
}

func visit(t *testing.T, m *machine, l words.Language, p theme.Palette, scale float32) *visitor {
	t.Helper()
	v := &visitor{t: t, m: m, wake: make(chan struct{}, 1)}
	h := newHand(t, l, p, scale)
	v.s = h.s
	v.s.to.later = func(f func()) {
		v.mu.Lock()
		v.put = append(v.put, f)
		v.mu.Unlock()
		select {
		case v.wake <- struct{}{}:
		default:
		}
	}
	v.s.c.Doctor = m
	v.s.doctor = newDiagnosticsWindow(v.s)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { v.s.doctor.work.run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	v.s.show(agent.Snapshot{Environment: agent.Environment{Name: "demo"}})
	v.s.act(view.ShowDiagnostics)
	return v
}

// until lets the toolkit turn until something is so.
func (v *visitor) until(what string, so func() bool) {
	v.t.Helper()
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	for !so() {
		select {
		case <-v.wake:
		case <-late.C:
			v.t.Fatalf("waited in vain: %s; the window shows %q", what, v.d().view.Title)
		}
		v.mu.Lock()
		put := v.put
		v.put = nil
		v.mu.Unlock()
		for _, f := range put {
			f()
		}
	}
}

func (v *visitor) d() *diagnosticsWindow { return v.s.doctor }

func (v *visitor) done() { v.t.Helper(); v.until("the examination", func() bool { return v.d().done }) }

func (v *visitor) press(n fyne.KeyName) {
	c := v.d().frame.window.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: n})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: n})
}

func (v *visitor) tap(text string) {
	v.t.Helper()
	for _, b := range buttons(v.d().frame.root) {
		if b.AccessibilityLabel() == text {
			test.Tap(b)
			return
		}
	}
	v.t.Fatalf("no button %q", text)
}

func (v *visitor) clipboard() string { return v.s.app.Clipboard().Content() }

// sick is a machine with two things to see to.
func sick() *machine {
	return &machine{ended: make(chan error, 1), rows: []doctor.Row{
		{ID: doctor.Card, Verdict: doctor.Good, Say: doctor.CardIn, Values: map[string]string{"atr": "3B 8F 80 01 80 31 80 65 B0 85 04 01 20 12 0F FF 82 90 00 72"}},
		{ID: doctor.Clock, Verdict: doctor.Look, Say: doctor.ClockSlow, N: 3, Fix: doctor.Fix{Kind: doctor.CopyCommand, Command: "timedatectl set-ntp true"}},
		{ID: doctor.Network, Verdict: doctor.Trouble, Code: failure.NetName, Fix: doctor.Fix{Kind: doctor.LookAgain}},
		{ID: doctor.Keyring, Verdict: doctor.Look, Say: doctor.RingLocked, Fix: doctor.Fix{Kind: doctor.UnlockKeyring}},
	}}
}

func TestDiagnosticsByKeyboard(t *testing.T) {
	v := visit(t, sick(), words.English, theme.Light(), 1)
	v.done()
	if v.d().view.Title != "3 things need attention" || !v.d().view.Rows[0].Filled {
		t.Fatalf("%+v", v.d().view)
	}
	v.press(fyne.KeyDown) // network, clock
	if got := v.d().lines.AccessibilityLabel(); !strings.Contains(got, "Clock: 3 minutes slow") || !strings.Contains(got, "Copy the command") {
		t.Errorf("the reader says %q", got)
	}
	v.press(fyne.KeyReturn)
	if v.clipboard() != "timedatectl set-ntp true" || v.d().note == nil {
		t.Errorf("copied %q", v.clipboard())
	}
	v.press(fyne.KeyHome)
	v.press(fyne.KeyReturn) // looks again
	v.until("the second look", func() bool { return v.m.looks() == 2 && v.d().done })
	v.press(fyne.KeyF5)
	v.until("the third look", func() bool { return v.m.looks() == 3 && v.d().done })
	v.press(fyne.KeyEscape)
	if v.d().frame.shown {
		t.Error("Escape did not close the window")
	}
}

func TestDiagnosticsAreCopiedAsText(t *testing.T) {
	v := visit(t, sick(), words.Welsh, theme.Light(), 1)
	v.d().copy()
	if v.clipboard() != "" {
		t.Error("half an examination was copied")
	}
	v.done()
	v.d().copy()
	if text := v.clipboard(); !strings.HasPrefix(text, v.d().report.Code()) || !strings.Contains(text, "3 munud ar ei hôl hi") {
		t.Errorf("copied %q", text)
	}
}

func TestDiagnosticsStopWhenTheWindowCloses(t *testing.T) {
	m := sick()
	m.hold = make(chan struct{})
	v := visit(t, m, words.English, theme.Light(), 1)
	v.until("the first row", func() bool { return len(v.d().report.Rows) == 1 })
	if v.d().done || v.d().view.Title != "Looking at this computer" || len(v.d().view.Rows) != len(doctor.Order()) {
		t.Errorf("%+v", v.d().view)
	}
	v.press(fyne.KeyEscape)
	if err := <-m.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended by %v", err)
	}
}

func TestDiagnosticsSaveABundle(t *testing.T) {
	v := visit(t, sick(), words.English, theme.Light(), 1)
	v.done()
	v.tap("Save bundle for IT...")
	v.until("the bundle", func() bool { return v.d().folder != "" })
	if n := v.d().note; n.Tone != view.Good || !strings.Contains(n.Sentence, "/home/ward/Downloads/lanyard.zip") {
		t.Errorf("%+v", n)
	}
	v.d().names = true
	v.m.refuses(errors.New("the disk is full"))
	v.tap("Save bundle for IT...")
	v.until("the second bundle", func() bool { return !v.d().busy })
	if n := v.d().note; n.Tone != view.Careful || n.Sentence != "the disk is full" || v.d().folder != "" {
		t.Errorf("%+v", n)
	}
	if len(v.m.saved) != 2 || v.m.saved[0] || !v.m.saved[1] {
		t.Errorf("names were asked for: %v", v.m.saved)
	}
}

func TestDiagnosticsUnlockTheKeyring(t *testing.T) {
	v := visit(t, sick(), words.English, theme.Light(), 1)
	v.done()
	at := func() int {
		for i, r := range v.d().view.Rows {
			if r.ID == doctor.Keyring {
				return i
			}
		}
		return -1
	}
	v.m.refuses(secret.ErrLocked)
	v.d().fix(at())
	v.until("the refusal", func() bool { return !v.d().busy })
	if n := v.d().note; n == nil || n.Title != "The keyring stays locked" {
		t.Errorf("%+v", n)
	}
	v.m.refuses(nil)
	v.d().fix(at())
	v.until("another look", func() bool { return v.m.looks() == 2 && v.d().done })
}

func TestNoDoctorNoDiagnostics(t *testing.T) {
	h := sitDown(t)
	h.s.act(view.ShowDiagnostics)
	if h.s.options().Diagnostics {
		t.Error("a button leads nowhere")
	}
}

// everything are rows that say all that can be said.
func everything() []doctor.Row {
	var rows []doctor.Row
	values := map[string]string{
		"readers": "Example Reader 2 (USB)", "atr": "3B 8F 80 01 80 31 80 65 B0 85 04 01 20 12 0F FF 82 90 00 72", "date": "2027-05-04",
		"path": "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", "ms": "1024", "proxy": "proxy.example.wales:3128", "script": "http://wpad.example.wales/proxy.pac",
		"environment": "integration", "question": "250ms / 500ms", "ticket": "1s / 4s", "change": "500ms / 1s",
	}
	order := doctor.Order()
	for i, say := range doctor.Says() {
		rows = append(rows, doctor.Row{ID: order[i%len(order)], Verdict: doctor.Look, Say: say, N: 28, Values: values, Fix: doctor.Fix{Kind: doctor.CopyCommand, Command: "x"}})
	}
	for _, e := range failure.All() {
		rows = append(rows, doctor.Row{ID: doctor.Certificate, Verdict: doctor.Trouble, Code: e.Code, Fix: doctor.Fix{Kind: doctor.UnlockKeyring}})
	}
	return rows
}
