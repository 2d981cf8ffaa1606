package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lanyard/broker/agent"
	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// shelf is a place for settings that remembers what it was asked.
type shelf struct {
	mu    sync.Mutex
	setup view.Setup
	asked []string
	no    error
}

func newShelf() *shelf {
	set := settings.Defaults()
	set.Environment = "live"
	set.Profiles = map[string]settings.Profile{"live": {Live: true}, "training": {}}
	return &shelf{setup: view.Setup{
		Loaded: settings.Loaded{Settings: set, Sources: map[string]settings.Source{}}, Started: set,
		Readers: []string{"ACS ACR39U ICC Reader"}, Modules: []string{"/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"},
	}}
}

func (s *shelf) Read(context.Context, bool) view.Setup {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setup
}

func (s *shelf) say(format string, args ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, fmt.Sprintf(format, args...))
	return s.no
}

func (s *shelf) Keep(_ context.Context, key string, value any) error {
	return s.say("%s=%v", key, value)
}

func (s *shelf) KeepPassword(_ context.Context, p []byte) error { return s.say("password %s", p) }
func (s *shelf) ForgetPassword(context.Context) error           { return s.say("forget") }
func (s *shelf) UnlockKeyring(context.Context) error            { return s.say("unlock") }
func (s *shelf) StartAgain()                                    { _ = s.say("again") }

// sitAt is a person at a desk whose settings stand on a shelf.
func sitAt(t *testing.T, on *shelf, v view.Style) *hand {
	t.Helper()
	h := &hand{t: t, now: time.Date(2026, 11, 24, 8, 0, 0, 0, time.Local)}
	h.s = New(test.NewTempApp(t), Config{
		Settings: on, Style: v, Desktop: theme.Light(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now },
	})
	h.s.hosted = true
	h.s.snap = agent.Snapshot{Phase: agent.NoCard, Environment: agent.Environment{Name: "live", Live: true}}
	return h
}

func plainStyle() view.Style { return view.Style{Language: words.English, Text: 100} }

// turn does what the settings window put, and shows what came of it.
func (h *hand) turn() {
	w := h.s.settings
	changed, err := w.work(h.t.Context(), h.s.c.Settings)
	w.arrived(h.s.c.Settings.Read(h.t.Context(), !changed), changed, err)
}

func (h *hand) openSettings() {
	h.s.act(view.ShowSettings)
	h.turn() // reads
	h.turn() // looks for readers
}

// keys presses keys where the focus of the settings window is.
func (h *hand) keys(names ...fyne.KeyName) {
	c := h.s.settings.frame.window.Canvas()
	for _, n := range names {
		switch f := c.Focused(); {
		case n == fyne.KeyTab:
			c.FocusNext()
		case f != nil:
			f.TypedKey(&fyne.KeyEvent{Name: n})
		default:
			c.OnTypedKey()(&fyne.KeyEvent{Name: n})
		}
	}
}

// TestLookChangesAtOnceByKeyboard goes through the rows without a mouse.
func TestLookChangesAtOnceByKeyboard(t *testing.T) {
	on := newShelf()
	h := sitAt(t, on, plainStyle())
	h.openSettings()
	h.keys(fyne.KeyRight)
	if got := h.s.settings.frame.window.Title(); got != "Gosodiadau" {
		t.Errorf("the window is called %q", got)
	}
	h.keys(fyne.KeyTab, fyne.KeyRight, fyne.KeyRight, fyne.KeyTab, fyne.KeyRight, fyne.KeyRight)
	if h.s.c.Look.Scale != 1.5 || h.s.c.Look.Name != "dark" || h.s.c.Words.Language() != words.Welsh {
		t.Errorf("look %v %v %v", h.s.c.Look.Scale, h.s.c.Look.Name, h.s.c.Words.Language())
	}
	h.turn()
	want := []string{"look.language=cy", "look.text=125", "look.text=150", "look.colours=light", "look.colours=dark"}
	if !slices.Equal(on.asked, want) {
		t.Errorf("asked %v, want %v", on.asked, want)
	}
	h.keys(fyne.KeyTab, fyne.KeySpace, fyne.KeyTab, fyne.KeyDown)
	h.turn()
	if got := on.asked[5:]; !slices.Equal(got, []string{"start.autostart=true", "mode=enhanced-normal"}) {
		t.Errorf("asked %v", got)
	}
	h.keys(fyne.KeyEscape)
	if h.s.settings.frame.shown {
		t.Error("Escape does not close the window")
	}
	h.openSettings()
	if f := h.s.settings.frame.window.Canvas().Focused(); f != fyne.Focusable(h.s.settings.controls[settings.KeyLanguage]) {
		t.Errorf("opened again, %T has the focus", f)
	}
}

// TestNothingTypedIsLost changes the look under a passcode and a search.
func TestNothingTypedIsLost(t *testing.T) {
	h := sitAt(t, newShelf(), plainStyle())
	h.s.show(in(agent.NeedPIN, 1))
	h.typing("739146")
	for _, v := range []view.Style{{Language: words.Welsh, Text: 200, Colours: "contrast"}, {Language: words.English, Text: 125, Colours: "dark"}} {
		h.s.restyle(v)
	}
	if h.s.prompt.field.Len() != 6 {
		t.Fatal("the passcode is gone")
	}
	h.asked()
	h.press(fyne.KeyReturn)
	h.want("pin 1 739146")

	h = sitAt(t, newShelf(), plainStyle())
	h.s.show(in(agent.ChoosingRole, 1, roles(500)))
	h.typing("zz4")
	h.press(fyne.KeyDown)
	h.press(fyne.KeyDown)
	h.s.restyle(view.Style{Language: words.Welsh, Text: 150})
	if h.s.prompt.roles.typed != "zz4" || h.s.prompt.roles.search.Text != "zz4" || h.s.prompt.roles.list.At() != 2 {
		t.Errorf("%q %q %d", h.s.prompt.roles.typed, h.s.prompt.roles.search.Text, h.s.prompt.roles.list.At())
	}
	h.typing("02")
	if h.s.prompt.roles.typed != "zz402" {
		t.Errorf("typing goes on with %q", h.s.prompt.roles.typed)
	}
}

func TestManagedLookIsTakenOver(t *testing.T) {
	on := newShelf()
	h := sitAt(t, on, plainStyle())
	h.openSettings()
	on.no = fmt.Errorf("%w: look.text", settings.ErrManaged)
	on.setup.Loaded.Sources[settings.KeyText], on.setup.Loaded.Look.Text = settings.Policy, 125
	h.keys(fyne.KeyTab, fyne.KeyEnd)
	if h.s.c.Style.Text != 200 {
		t.Fatalf("text is %d", h.s.c.Style.Text)
	}
	h.turn()
	if h.s.c.Style.Text != 125 || h.s.settings.setup.NotKept == nil || !h.s.settings.setup.NotKept.Managed {
		t.Errorf("text is %d, %+v", h.s.c.Style.Text, h.s.settings.setup.NotKept)
	}
}

func TestWhatIsNotKeptIsSaid(t *testing.T) {
	on := newShelf()
	h := sitAt(t, on, plainStyle())
	h.openSettings()
	on.no = errors.New("no space left on device")
	h.keys(fyne.KeyRight)
	h.turn()
	if n := h.s.settings.setup.NotKept; n == nil || n.Managed || n.Why != on.no.Error() {
		t.Errorf("got %+v", n)
	}
	h.s.settings.close()
	h.openSettings()
	if h.s.settings.setup.NotKept != nil {
		t.Error("it is said again")
	}
}

func TestPasswordGoesToTheKeyringOnly(t *testing.T) {
	on := newShelf()
	on.setup.Account = &settings.ProxyAccount{User: "nurse", Host: "proxy.moorvale.example:3128"}
	h := sitAt(t, on, plainStyle())
	h.openSettings()
	w := h.s.settings
	w.frame.window.Canvas().Focus(w.field)
	test.Type(w.field, "pâss word")
	h.s.restyle(view.Style{Language: words.Welsh, Text: 150})
	h.keys(fyne.KeyReturn)
	h.turn()
	if len(on.asked) != 1 || on.asked[0] != "password pâss word" || w.field.Len() != 0 {
		t.Errorf("asked %v, %d left", on.asked, w.field.Len())
	}
	test.Type(w.field, "x")
	w.close()
	if w.field.Len() != 0 {
		t.Error("what was typed outlives the window")
	}
	on.setup.Password, on.no = secret.Locked, fmt.Errorf("keyring: %w", secret.ErrLocked)
	h.openSettings()
	w.act(view.UnlockKeyring)
	h.turn()
	if w.setup.NotKept != nil {
		t.Errorf("said twice: %+v", w.setup.NotKept)
	}
}

// TestLastChangeIsKept is a person who quits at once.
func TestLastChangeIsKept(t *testing.T) {
	on := newShelf()
	h := sitAt(t, on, plainStyle())
	h.openSettings()
	h.keys(fyne.KeyRight)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.s.settings.run(ctx, on)
	if !slices.Equal(on.asked, []string{"look.language=cy"}) {
		t.Errorf("asked %v", on.asked)
	}
}

func TestStartAgain(t *testing.T) {
	on := newShelf()
	h := sitAt(t, on, plainStyle())
	on.setup.Loaded.Environment = "training"
	h.openSettings()
	h.s.settings.act(view.StartAgain)
	if !slices.Equal(on.asked, []string{"again"}) {
		t.Errorf("asked %v", on.asked)
	}
}
