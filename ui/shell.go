package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// Config says what the desk shows and how.
type Config struct {
	Agent  agent.Desk
	Words  words.Book // where Style says nothing
	Look   theme.Look // the same
	Drawer Drawer
	Log    *slog.Logger
	Now    func() time.Time
	// Tray tells whether there is something that shows an icon in the tray:
	// once at the start and after each change, until ctx ends.
	Tray func(ctx context.Context, tell func(bool))
	// Tooltip sets what the tray's icon says; nil where nothing does.
	Tooltip func(string)
	// MenuText writes a text so that the tray's menu shows it as it is; nil where
	// it needs nothing.
	MenuText func(string) string
	// Notices shows notifications; nil where nothing does.
	Notices Notices
	// Settings keeps what is set in the window of settings; nil: there is none.
	Settings Settings
	// Style is how the windows look at the start; Desktop is the palette where it
	// leaves the colours to the desktop.
	Style   view.Style
	Desktop theme.Palette
	// Doctor examines this machine for the window of diagnostics; nil: there is
	// none.
	Doctor Doctor
	// Seen remembers of whose card's end was told; nil: for this run only.
	Seen Seen
}

// Shell is the desk in windows. All its methods but Run's own goroutines are
// for the toolkit's goroutine.
type Shell struct {
	c       Config
	app     fyne.App
	to      *dispatcher
	ask     *requests
	snap    agent.Snapshot
	prompt  *prompt
	desk    *deskWindow
	tray    *tray
	care    *careWindow
	drawer  *drawerWindow
	notices *notices
	hosted  bool // there is a tray that shows the icon
	probed  bool

	settings *settingsWindow
	doctor   *diagnosticsWindow
	frames   []*frame // of all windows

	counting chan bool // the latest: there is a countdown to be seen
}

// New makes the desk's windows and shows none.
func New(a fyne.App, c Config) *Shell {
	s := &Shell{c: c, app: a, to: newDispatcher(), ask: newRequests(), counting: make(chan bool, 1), snap: agent.Snapshot{Looking: true}}
	if c.Style != (view.Style{}) {
		s.c.Words, s.c.Look = words.In(c.Style.Language), s.look(c.Style)
	}
	s.dress()
	s.prompt, s.desk, s.tray = newPrompt(s), newDeskWindow(s), newTray(s)
	s.notices, s.care = newNotices(s), newCareWindow(s)
	if c.Drawer != nil {
		s.drawer = newDrawerWindow(s)
	}
	if c.Settings != nil {
		s.settings = newSettingsWindow(s)
	}
	if c.Doctor != nil {
		s.doctor = newDiagnosticsWindow(s)
	}
	return s
}

// Run shows the desk until ctx ends or the person quits. It must be called on
// the main goroutine, since the toolkit runs there; everything it started has
// ended when it returns.
func (s *Shell) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	all.Go(func() { s.ask.run(ctx, s.c.Agent, s.told) })
	all.Go(func() { s.ticks(ctx) })
	all.Go(func() {
		if err := s.watch(ctx); err != nil && ctx.Err() == nil {
			s.c.Log.ErrorContext(ctx, "the desk sees the agent no more", "err", err)
			s.to.do(s.app.Quit)
		}
	})
	if s.c.Tray != nil {
		all.Go(func() { s.c.Tray(ctx, func(has bool) { s.to.do(func() { s.setHosted(has) }) }) })
	}
	all.Go(func() { s.notices.run(ctx) })
	if s.c.Notices != nil {
		all.Go(func() { s.c.Notices.Watch(ctx, func(can bool) { s.to.do(func() { s.notices.set(can) }) }) })
	}
	if s.drawer != nil {
		all.Go(func() { s.drawer.run(ctx) })
	}
	if s.settings != nil {
		all.Go(func() { s.settings.run(ctx, s.c.Settings) })
	}
	if s.doctor != nil {
		all.Go(func() { s.doctor.work.run(ctx) })
	}
	all.Go(func() {
		<-ctx.Done()
		s.to.do(s.app.Quit)
	})
	err := s.loop()
	cancel()
	all.Wait()
	s.prompt.field.Wipe()
	s.care.wipe()
	return err
}

// watch shows what the agent tells, in names that are fit to be shown.
func (s *Shell) watch(ctx context.Context) error {
	return s.c.Agent.Watch(ctx, func(snap agent.Snapshot) {
		snap = view.Clean(snap)
		s.to.do(func() { s.show(snap) })
	})
}

// ErrNotStarted is that the toolkit cannot draw here.
var ErrNotStarted = errors.New("the toolkit cannot draw on this display")

// loop runs the toolkit. Where it cannot start it panics, which is an answer
// like any other; a panic later on is a fault and stays one.
func (s *Shell) loop() (err error) {
	started := false
	s.app.Lifecycle().SetOnStarted(func() { started = true })
	defer func() {
		if started {
			return
		}
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrNotStarted, p)
		}
	}()
	if s.drawer != nil {
		s.drawer.open()
	}
	s.tray.show(view.TrayOf(s.c.Words, s.snap, s.options())) // before Run: later no icon would come
	s.app.Run()
	return nil
}

// options are the windows that this desk has.
func (s *Shell) options() view.Options {
	return view.Options{Settings: s.settings != nil, Diagnostics: s.doctor != nil}
}

// ticks redraws the countdown once a second, while there is one.
func (s *Shell) ticks(ctx context.Context) {
	t := time.NewTicker(time.Second)
	t.Stop()
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case counts := <-s.counting:
			if counts {
				t.Reset(time.Second)
			} else {
				t.Stop()
			}
		case <-t.C:
			s.to.do(s.tick)
		}
	}
}

// tick draws what counts seconds.
func (s *Shell) tick() {
	if s.prompt.counts() {
		s.prompt.show(s.snap)
	}
	s.desk.show(s.snap)
}

// count tells ticks whether there is a countdown to be seen.
func (s *Shell) count() {
	counts := s.prompt.counts() || s.desk.frame.shown && s.snap.Phase == agent.Offline && !s.snap.NextTry.IsZero()
	select {
	case <-s.counting:
	default:
	}
	s.counting <- counts
}

// show takes a new snapshot.
func (s *Shell) show(snap agent.Snapshot) {
	s.snap = snap
	s.prompt.show(snap)
	s.notices.show(snap)
	s.desk.show(snap)
	s.tray.show(view.TrayOf(s.c.Words, snap, s.options()))
	if s.drawer != nil {
		s.drawer.show()
	}
	s.care.show(snap)
	if s.settings != nil {
		s.settings.took(snap)
	}
	s.count()
}

// told hears that a request was handed in, or that it no longer fitted: then the
// windows show what is so.
func (s *Shell) told(r agent.Request, err error) {
	if err != nil {
		s.c.Log.Debug("a request came too late", "request", nameOf(r), "err", err)
	}
	s.to.do(func() {
		switch r.(type) {
		case agent.SubmitPIN, agent.CancelPIN, agent.StartKeypad:
			s.prompt.sent = s.prompt.sent && err == nil
		case agent.ChangePIN, agent.Unblock:
			s.care.told(err)
		}
		if err != nil {
			s.show(s.snap)
		}
	})
}

// nameOf names a request without its values.
func nameOf(r agent.Request) string {
	switch r.(type) {
	case agent.SubmitPIN:
		return "passcode"
	case agent.ChooseRole:
		return "role"
	default:
		return "other"
	}
}

// setHosted takes whether a tray shows the icon. Where none does, the desk's
// own window is the way in, and it says so.
func (s *Shell) setHosted(has bool) {
	s.hosted, s.probed = has, true
	if !has {
		s.desk.open()
		return
	}
	s.desk.show(s.snap)
}

// act does what a button or a line of a menu asks for.
func (s *Shell) act(a view.Action) {
	switch a {
	case view.Retry:
		s.prompt.again()
		s.ask.put(agent.AskPIN{})
	case view.TryNow:
		s.ask.put(agent.TryNow{})
	case view.SignOut:
		s.ask.put(agent.SignOut{})
	case view.Renew:
		s.ask.put(agent.SignOnAgain{})
	case view.LockDesk:
		s.ask.put(agent.Lock{})
	case view.LookForPlaces:
		s.ask.put(agent.LookForPlaces{})
	case view.ChangeRole:
		s.prompt.changeRole()
	case view.ShowDesk:
		s.desk.open()
	case view.ShowCare, view.UnlockCard:
		s.care.open(a)
	case view.ShowSettings:
		if s.settings != nil {
			s.settings.open()
		}
	case view.ShowDiagnostics:
		if s.doctor != nil {
			s.doctor.open()
		}
	case view.Quit:
		s.app.Quit()
	case view.CopyCode:
		if s.snap.Problem != nil {
			s.app.Clipboard().SetContent(string(s.snap.Problem.Code))
		}
	}
}
