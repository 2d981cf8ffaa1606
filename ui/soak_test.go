package ui

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/test/realmtest"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// turning is an application whose toolkit has a goroutine of its own: the one
// that calls Run. The toolkit's own test driver has none.
type turning struct {
	fyne.App
	turns chan func() // the dispatcher has one under way at most
	over  chan struct{}
	once  sync.Once
}

func (a *turning) Run() {
	for {
		select {
		case f := <-a.turns:
			f()
		case <-a.over:
			return
		}
	}
}

func (a *turning) Quit() { a.once.Do(func() { close(a.over) }) }

// ward is the desk as it runs, in windows that nobody sees: the real agent in
// front of a real server, with a drawer of virtual cards.
type ward struct {
	t      *testing.T
	s      *Shell
	drawer *virtual.Drawer
	put    card.Generation // in last
	ended  chan struct{}   // the shell has
	ahead  atomic.Int64    // of the clock: Enter is deaf for a while after a window came
}

// do has the person do something, on the toolkit's goroutine.
func (w *ward) do(f func()) {
	done := make(chan struct{})
	w.s.to.do(func() { defer close(done); f() })
	select {
	case <-done:
	case <-w.ended:
		w.t.Fatal("the desk has ended")
	}
}

// until waits until something is so.
func (w *ward) until(what string, is func() bool) {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		so, snap := false, agent.Snapshot{}
		w.do(func() { so, snap = is(), w.s.snap })
		if so {
			return
		}
		if time.Now().After(end) {
			p := w.s.prompt
			w.t.Fatalf("never: %s; phase %v, problem %v, prompt %+v, sent %v, entered %v, cancelled %v, %d typed, %T has the focus",
				what, snap.Phase, snap.Problem, p.asked, p.sent, p.entered, p.cancelled, p.field.Len(), p.frame.window.Canvas().Focused())
		}
		w.pause(5 * time.Millisecond)
	}
}

// pause lets time pass, which is what is random here.
func (w *ward) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.t.Context().Done():
	}
}

// front is the window that has the keys.
func (w *ward) front() fyne.Canvas {
	for _, f := range []*frame{w.s.prompt.frame, w.s.settings.frame, w.s.care.frame, w.s.desk.frame} {
		if f.shown {
			return f.window.Canvas()
		}
	}
	return w.s.desk.frame.window.Canvas()
}

func (w *ward) types(text string) {
	w.do(func() {
		for _, r := range text {
			if c := w.front(); c.Focused() != nil {
				c.Focused().TypedRune(r)
			} else if f := c.OnTypedRune(); f != nil {
				f(r)
			}
		}
	})
}

func (w *ward) press(n fyne.KeyName) {
	w.ahead.Add(int64(time.Second))
	w.do(func() {
		switch c := w.front(); {
		case n == fyne.KeyTab:
			c.FocusNext()
		case c.Focused() != nil:
			c.Focused().TypedKey(&fyne.KeyEvent{Name: n})
		case c.OnTypedKey() != nil:
			c.OnTypedKey()(&fyne.KeyEvent{Name: n})
		}
	})
}

func (w *ward) act(a view.Action) { w.do(func() { w.s.act(a) }) }

func (w *ward) insert(name string) {
	w.t.Helper()
	if err := w.drawer.Insert(w.t.Context(), name, nil); err != nil {
		w.t.Fatal(err)
	}
	w.put++
}

// any does one of the things that a person may do at any time.
func (w *ward) any(dice *rand.Rand, wrong bool) {
	switch dice.IntN(10) {
	case 0:
		w.types(realmtest.PIN()[:dice.IntN(6)])
	case 1, 2, 3:
		pin := realmtest.PIN()
		if wrong {
			pin = pin[:6]
		}
		w.types(pin)
		w.press(fyne.KeyReturn)
		w.pause(time.Duration(dice.IntN(60)) * time.Millisecond)
	case 4:
		w.press([]fyne.KeyName{fyne.KeyDown, fyne.KeyTab, fyne.KeySpace, fyne.KeyUp}[dice.IntN(4)])
	case 5:
		w.press(fyne.KeyReturn)
	case 6:
		w.press(fyne.KeyEscape)
	case 7:
		w.act(view.LockDesk)
	case 8:
		w.act(view.ShowSettings)
	case 9:
		w.act([]view.Action{view.ChangeRole, view.ShowDesk, view.ShowCare, view.SignOut, view.Retry}[dice.IntN(5)])
	}
}

// away closes what a person opened, and signs out who is still signed on.
func (w *ward) away() {
	w.drawer.Remove()
	w.until("nothing is to be read", func() bool { return !w.s.settings.opening })
	w.do(func() { w.s.settings.close(); w.s.care.act(view.Dismiss); w.s.care.close(); w.s.desk.close() })
	signedOut := false
	w.until("an empty desk", func() bool {
		s := w.s.snap
		if s.UID != "" && !signedOut {
			signedOut = true
			w.s.act(view.SignOut)
		}
		return s.Phase == agent.NoCard && s.Card == nil && s.UID == "" && s.Owed == 0
	})
}

// octets are what is left in a field of what was typed there.
func octets(f *widget.PIN) int {
	n, all := 0, reflect.ValueOf(f).Elem().FieldByName("octets")
	for i := range all.Len() {
		if all.Index(i).Uint() != 0 {
			n++
		}
	}
	return n
}

// TestManyInsertions puts cards in and takes them out 200 times, at times and
// with keys of all kinds that are random: nothing is left behind by it, and the
// desk works as before.
func TestManyInsertions(t *testing.T) {
	realm := realmtest.Start(t, realmtest.Options{})
	dir := filepath.Join(t.TempDir(), "cards")
	realm.Card(t, dir, "grace", realmtest.ThreeRoles)
	realm.Card(t, dir, "sian", realmtest.OneRole)
	realm.Card(t, dir, "hasty", realmtest.OneRole)
	before := goleak.IgnoreCurrent()

	log := slog.New(slog.DiscardHandler)
	w := &ward{t: t, ended: make(chan struct{}), drawer: virtual.NewDrawer(dir, realm.Device, new(card.Generations), log)}
	wire := realm.Client(t, log)
	a, err := agent.New(agent.Config{
		Watcher: w.drawer, Opener: w.drawer, Server: wire, Log: log, Policy: agent.Policy{Virtual: true, Demo: true}, Environment: agent.Environment{Name: "local"},
	})
	if err != nil {
		t.Fatal(err)
	}
	app := &turning{App: test.NewTempApp(t), turns: make(chan func(), 1), over: make(chan struct{})}
	b := &board{}
	w.s = New(app, Config{
		Agent: a, Settings: newShelf(), Style: view.Style{Language: words.English, Text: 100, Colours: "light"}, Desktop: theme.Light(), Log: log,
		Now: func() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }, Notices: b, Seen: b,
		Tray: func(ctx context.Context, tell func(bool)) { tell(true); <-ctx.Done() },
	})
	w.s.to.later = func(f func()) { app.turns <- f }
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Errorf("agent: %v", err)
		}
	})
	all.Go(func() {
		defer close(w.ended)
		if err := w.s.Run(ctx); err != nil {
			t.Errorf("shell: %v", err)
		}
	})
	w.soak()
	stop()
	all.Wait()
	wire.Close()
	goleak.VerifyNone(t, before)
}

// signOn types the passcode of the card that was put in, and waits for what
// comes of it.
func (w *ward) signOn() {
	w.t.Helper()
	w.until("the question", func() bool {
		p := w.s.prompt
		return p.frame.shown && p.pin.Gen == w.put && p.pin.Stage == view.PINReady
	})
	w.types(realmtest.PIN())
	w.press(fyne.KeyReturn)
	w.until("a session", func() bool { return w.s.snap.Phase == agent.ChoosingRole || w.s.snap.Phase == agent.SignedOn })
}

// soak is the 200 cards, and then one more.
func (w *ward) soak() {
	seed := uint64(time.Now().UnixNano())
	w.t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	windows := 0
	names := []string{"grace", "sian", "grace", "sian", "hasty"}
	for i := range 200 {
		name := names[dice.IntN(len(names))]
		w.insert(name)
		if i%8 == 0 && name != "hasty" {
			w.signOn()
		}
		for range 1 + dice.IntN(3) {
			w.pause(time.Duration(dice.IntN(15)) * time.Millisecond)
			w.any(dice, name == "hasty")
		}
		w.do(func() {
			if w.s.prompt.frame.shown {
				windows++
			}
			w.s.desk.close()
			w.s.settings.close()
		})
		w.drawer.Remove()
		w.pause(time.Duration(dice.IntN(10)) * time.Millisecond)
	}
	if windows < 20 {
		w.t.Errorf("a question was open %d times only", windows)
	}
	w.away()
	w.do(func() {
		for i, f := range w.s.frames {
			if f.shown {
				w.t.Errorf("window %d (%s) is left", i, f.title)
			}
		}
		for i, f := range append(w.s.care.fields[:], w.s.prompt.field) {
			if n := octets(f); n > 0 || f.Len() > 0 {
				w.t.Errorf("field %d holds %d octets", i, n)
			}
		}
	})
	w.insert("grace")
	w.signOn()
	w.until("the roles", func() bool { return w.s.snap.Phase == agent.ChoosingRole && w.s.prompt.frame.shown })
	w.press(fyne.KeyDown)
	w.press(fyne.KeyReturn)
	w.until("signed on", func() bool { return w.s.snap.Phase == agent.SignedOn })
	w.away()
}
