package ui

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/fsnotify/fsnotify.(*inotify).readEvents"))
}

// hand is a person at a desk whose snapshots come when the test wants them.
type hand struct {
	t   *testing.T
	s   *Shell
	now time.Time
}

func newHand(t *testing.T, l words.Language, p theme.Palette, scale float32) *hand {
	t.Helper()
	h := &hand{t: t, now: time.Date(2026, 11, 24, 8, 0, 0, 0, time.Local)}
	h.s = New(test.NewTempApp(t), Config{
		Words: words.In(l), Look: theme.NewLook(p, scale), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now },
	})
	h.s.hosted = true
	return h
}

func sitDown(t *testing.T) *hand { return newHand(t, words.English, theme.Light(), 1) }

// asked returns what was asked of the agent since, and wipes it.
func (h *hand) asked() string {
	var out []string
	for _, r := range h.s.ask.take() {
		if _, ok := r.(agent.Shown); ok {
			continue // a time is taken: nothing is asked for
		}
		if p, ok := r.(agent.SubmitPIN); ok {
			out = append(out, fmt.Sprintf("pin %d %s", p.Gen, p.PIN.Octets()))
			p.PIN.Wipe()
			continue
		}
		out = append(out, strings.TrimPrefix(fmt.Sprintf("%T %+v", r, r), "agent."))
	}
	return strings.Join(out, "; ")
}

func (h *hand) want(what string) {
	h.t.Helper()
	if got := h.asked(); got != what {
		h.t.Fatalf("asked %q, want %q", got, what)
	}
}

func (h *hand) typing(text string) {
	h.t.Helper()
	f := h.s.prompt.frame.window.Canvas().Focused()
	if f == nil {
		h.t.Fatal("nothing has the focus")
	}
	test.Type(f, text)
}

// press presses a key where the focus is, a second later.
func (h *hand) press(n fyne.KeyName) {
	h.now = h.now.Add(time.Second)
	c := h.s.prompt.frame.window.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: n})
	} else {
		c.OnTypedKey()(&fyne.KeyEvent{Name: n})
	}
}

func in(phase agent.Phase, gen card.Generation, change ...func(*agent.Snapshot)) agent.Snapshot {
	s := agent.Snapshot{
		Phase: phase, PINWanted: phase == agent.NeedPIN, Environment: agent.Environment{Name: "demo"},
		Card: &agent.CardView{Gen: gen, Label: "Grace Okafor", Token: "0011224417", Retries: 3},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func tries(n int, c failure.Code) func(*agent.Snapshot) {
	return func(s *agent.Snapshot) {
		s.Card.Retries = n
		if c != "" {
			s.Problem = &agent.Problem{Code: c, Retries: n}
		}
	}
}

func roles(n int) func(*agent.Snapshot) {
	return func(s *agent.Snapshot) {
		s.UID, s.UserName = "900000000017", "Grace Okafor"
		for i := range n {
			s.Roles = append(s.Roles, agent.RoleView{ID: broker.RoleProfileID(fmt.Sprint(i)), Name: fmt.Sprintf(`"A":"B":"Role %d"`, i), OrgName: "Llandough", OrgCode: fmt.Sprintf("ZZ%03d", i)})
		}
	}
}

func TestTypingNeverWaitsForTheCard(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.Reading, 1))
	h.typing("7391")
	h.s.show(in(agent.NeedPIN, 1))
	h.typing("46")
	h.press(fyne.KeyReturn)
	h.want("pin 1 739146")
	h.press(fyne.KeyReturn)
	h.want("")
}

func TestEnterBeforeTheCardIsReadIsKept(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.Reading, 1))
	h.typing("739146")
	h.press(fyne.KeyReturn)
	h.want("")
	h.s.show(in(agent.NeedPIN, 1))
	h.want("pin 1 739146")
}

func TestWhatWasTypedIsNeverTheLastTry(t *testing.T) {
	for _, entered := range []bool{true, false} {
		h := sitDown(t)
		h.s.show(in(agent.Reading, 1))
		h.typing("739146")
		if entered {
			h.press(fyne.KeyReturn)
		}
		h.s.show(in(agent.NeedPIN, 1, tries(1, "")))
		h.press(fyne.KeyReturn)
		h.want("")
		h.typing("739146")
		h.press(fyne.KeyReturn)
		h.want("pin 1 739146")
	}
}

func TestDigitsDieWithTheirInsertion(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1))
	h.typing("739146")
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	if h.s.prompt.field.Len() != 0 || h.s.prompt.frame.shown {
		t.Fatal("the digits or the window are left")
	}
	h.s.show(in(agent.NeedPIN, 2))
	h.typing("80")
	h.press(fyne.KeyReturn)
	h.want("pin 2 80")
	h.s.show(in(agent.NeedPIN, 2, tries(2, failure.PINWrong)))
	h.typing("55")
	h.s.show(in(agent.NeedPIN, 3))
	h.press(fyne.KeyReturn)
	h.want("")
}

func TestEscape(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1))
	h.typing("73")
	h.press(fyne.KeyEscape)
	h.want("")
	h.press(fyne.KeyEscape)
	h.want("CancelPIN {Gen:1}")

	h = sitDown(t)
	h.s.show(in(agent.Reading, 1))
	h.press(fyne.KeyEscape)
	h.want("")
	h.s.show(in(agent.NeedPIN, 1))
	h.want("CancelPIN {Gen:1}")
	if h.s.prompt.frame.shown {
		t.Error("the window came back")
	}
}

func TestRolesByKeyboard(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.ChoosingRole, 1, roles(3)))
	h.press(fyne.KeyDown)
	h.press(fyne.KeyReturn)
	h.want("ChooseRole {ID:1 Mode:0}")

	h = sitDown(t)
	h.s.show(in(agent.ChoosingRole, 1, roles(500)))
	h.typing("zz4 role 42")
	h.press(fyne.KeyDown)
	h.press(fyne.KeyReturn)
	h.want("ChooseRole {ID:421 Mode:0}")

	h.typing("nothing like it")
	h.press(fyne.KeyReturn)
	h.want("")
	h.press(fyne.KeyEscape) // clears, and never signs out
	h.press(fyne.KeyReturn)
	h.want("ChooseRole {ID:0 Mode:0}")
}

func TestLettersSearchAFewRoles(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.ChoosingRole, 1, roles(3)))
	h.typing("z")
	h.typing("z002")
	h.press(fyne.KeyReturn)
	h.want("ChooseRole {ID:2 Mode:0}")
}

func TestChangeOfRole(t *testing.T) {
	on := in(agent.SignedOn, 1, roles(3), func(s *agent.Snapshot) { s.Role = &s.Roles[0] })
	h := sitDown(t)
	h.s.show(on)
	if h.s.prompt.frame.shown {
		t.Fatal("a window opened that nobody asked for")
	}
	h.s.prompt.changeRole()
	h.press(fyne.KeyDown)
	h.press(fyne.KeyReturn)
	h.want("ChooseRole {ID:1 Mode:0}")
	if h.s.prompt.frame.shown {
		t.Error("the window stayed")
	}
	h.s.prompt.changeRole()
	h.press(fyne.KeyEscape)
	h.want("")
	if h.s.prompt.frame.shown {
		t.Error("Escape does not close the list")
	}
}

func TestTroubleIsWavedAwayOnce(t *testing.T) {
	h := sitDown(t)
	locked := in(agent.NoCard, 1, tries(0, failure.PINLocked))
	h.s.show(locked)
	if !h.s.prompt.frame.shown {
		t.Fatal("nothing is said")
	}
	h.press(fyne.KeyEscape)
	h.s.show(locked)
	if h.s.prompt.frame.shown {
		t.Error("it came back by itself")
	}
	h.s.show(in(agent.NoCard, 2, tries(0, failure.PINLocked)))
	h.press(fyne.KeyReturn) // who to ring
	h.want("")
	h.press(fyne.KeyReturn)
	h.want("AskPIN {}")
}

// watcher is an agent without events.
type watcher struct{}

func (watcher) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	show(agent.Snapshot{Phase: agent.NoCard})
	<-ctx.Done()
	return context.Cause(ctx)
}

func (watcher) Do(context.Context, agent.Request) error { return agent.ErrPhase }

func TestRequestsLeftAreWiped(t *testing.T) {
	r := newRequests()
	pin := card.NewPIN([]byte("739146"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.put(agent.SubmitPIN{Gen: 1, PIN: pin})
	r.wipe()
	r.run(ctx, watcher{}, func(agent.Request, error) {})
	if pin.Len() != 0 {
		t.Error("a passcode is left in the queue")
	}
}

// teller is an agent that tells one thing.
type teller struct {
	watcher
	snap agent.Snapshot
}

func (t teller) Watch(_ context.Context, show func(agent.Snapshot)) error {
	show(t.snap)
	return nil
}

// TestNamesFromOutside do nothing to windows and menus but stand there.
func TestNamesFromOutside(t *testing.T) {
	const evil = "Nurse\x1b[2J\u202e\n" + "900_1"
	h := sitDown(t)
	h.s.c.MenuText = func(text string) string { return strings.ReplaceAll(text, "_", "__") }
	h.s.to.later = func(f func()) { f() }
	h.s.desk.open()
	h.s.c.Agent = teller{snap: in(agent.SignedOn, 1, roles(2), func(s *agent.Snapshot) {
		s.UserName, s.Role = evil, &agent.RoleView{Name: `"A":"B":"` + strings.Repeat(evil, 1000) + `"`}
		s.Grants = []agent.Grant{{Application: evil}}
	})}
	if err := h.s.watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	const plain = "Nurse [2J 900_1"
	if !h.reads(h.s.desk.frame, plain) {
		t.Error("the window does not show the name")
	}
	h.s.tray.fill(view.TrayOf(h.s.c.Words, h.s.snap, h.s.options()).Menu) // the test's desktop has no tray
	var menu []string
	for i, m := range h.s.tray.menu.Items {
		menu = append(menu, m.Label)
		if strings.ContainsAny(m.Label, "\x1b\n\u202e") || len(m.Label) > 200 {
			t.Errorf("the menu says %q", m.Label)
		}
		if m.IsSeparator && (i == 0 || h.s.tray.menu.Items[i-1].IsSeparator) {
			t.Error("two separators follow each other")
		}
	}
	if text := strings.Join(menu, "\n"); !strings.Contains(text, "Nurse [2J 900__1") {
		t.Errorf("the menu says\n%s", text)
	}
	for _, text := range readable(h.s.desk.frame.window.Content()) {
		if strings.ContainsAny(text, "\x1b\u202e") {
			t.Errorf("the window says %q", text)
		}
	}
}
