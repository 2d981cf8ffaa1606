package ui

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// Settings is what is set, and where it is kept. Its methods may be called from
// every goroutine and may take their time.
type Settings interface {
	// Read tells what is set; what the windows know better is left out. It looks
	// for readers only if told to: that takes its time.
	Read(ctx context.Context, look bool) view.Setup
	// Keep keeps a setting, or tells why not: [settings.ErrManaged] and others.
	Keep(ctx context.Context, key string, value any) error
	// KeepPassword keeps the password of the proxy; it does not keep the slice.
	KeepPassword(ctx context.Context, password []byte) error
	// ForgetPassword takes it out of the keyring.
	ForgetPassword(ctx context.Context) error
	// UnlockKeyring has the keyring ask its owner.
	UnlockKeyring(ctx context.Context) error
	// StartAgain has the program start anew once it has ended.
	StartAgain()
}

// settingsWidth is the window at 100 %.
const settingsWidth = 640

// settingsWindow shows what is set, and changes it at once.
type settingsWindow struct {
	s     *Shell
	frame *frame
	field *widget.Secret // of the proxy's password

	setup    *view.Setup // nil: not read yet
	controls map[string]control
	opening  bool   // it opens once what is set was read
	at       string // the key of the control that had the focus last
	shows    agent.Snapshot

	*queue[job] // after each of them, what is set is read
}

// job is something that takes its time; nil only reads again.
type job func(ctx context.Context, to Settings) error

// control is a part of a row that takes keys.
type control interface {
	fyne.CanvasObject
	fyne.Focusable
}

func newSettingsWindow(s *Shell) *settingsWindow {
	w := &settingsWindow{s: s, queue: newQueue[job](), field: widget.NewSecret(s.c.Look, "")}
	w.frame = newFrame(s, "", w.close)
	w.frame.window.Canvas().SetOnTypedKey(w.key)
	w.field.Submit = func() { w.act(view.KeepPassword) }
	w.field.Keys = w.key
	return w
}

// open shows the window in front, with the focus on its first row. What is set
// is read first where that never was done: an empty window is of no use.
func (w *settingsWindow) open() {
	if w.setup == nil {
		w.opening = true
		w.put(func(context.Context, Settings) error { return nil })
		return
	}
	w.opening = false
	w.at = settings.KeyLanguage
	w.frame.window.Canvas().Unfocus() // of what had it when the window was closed
	w.frame.shown = true
	w.show()
	w.frame.shown = false
	w.frame.open(false)
	w.put(nil)
}

// close hides the window; what was typed and not kept is wiped.
func (w *settingsWindow) close() {
	w.field.Wipe()
	w.frame.hide()
	if w.setup != nil {
		w.setup.NotKept = nil
	}
}

// atEnd is how long what was changed last may take after the person quit.
const atEnd = 5 * time.Second

// run does what was put until ctx ends, and then what is left: what a person
// changed is kept.
func (w *settingsWindow) run(ctx context.Context, to Settings) {
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), atEnd)
			defer cancel()
			if _, err := w.work(last, to); err != nil {
				w.s.c.Log.WarnContext(ctx, "a setting was not kept", "err", err)
			}
			return
		case <-w.wake:
		}
		changed, err := w.work(ctx, to)
		if ctx.Err() == nil {
			setup := to.Read(ctx, !changed)
			w.s.to.do(func() { w.arrived(setup, changed, err) })
		}
	}
}

// work does what was put; it tells whether something was to be changed.
func (w *settingsWindow) work(ctx context.Context, to Settings) (changed bool, err error) {
	for jobs := w.take(); len(jobs) > 0; jobs = w.take() {
		for _, j := range jobs {
			if j != nil {
				changed = true
				err = errors.Join(err, j(ctx, to))
			}
		}
	}
	return changed, err
}

// arrived takes what is set now, and what became of a change.
func (w *settingsWindow) arrived(setup view.Setup, changed bool, err error) {
	switch {
	case err != nil:
		w.s.c.Log.Warn("a setting was not kept", "err", err)
		if !errors.Is(err, secret.ErrLocked) { // else the row says so
			setup.NotKept = &view.NotKept{Managed: errors.Is(err, settings.ErrManaged), Why: err.Error()}
		}
	case w.waits():
		return // a quick hand would see older values come back
	case !changed && w.setup != nil:
		setup.NotKept = w.setup.NotKept
	}
	w.setup = &setup
	w.settle()
	w.show()
	if w.opening {
		w.open()
	}
}

// settle has the windows look as is set, where that is not what is shown: the
// site may have said otherwise since.
func (w *settingsWindow) settle() {
	set, style := w.setup.Loaded, w.s.c.Style
	if set.Source(settings.KeyText).Managed() {
		style.Text = set.Look.Text
	}
	if set.Source(settings.KeyColours).Managed() {
		style.Colours = set.Look.Colours
	}
	if set.Source(settings.KeyLanguage).Managed() && set.Look.Language != "" {
		style.Language = words.Language(set.Look.Language)
	}
	if style != w.s.c.Style {
		w.s.restyle(style)
	}
}

// change takes a choice: it is seen at once and kept as soon as may be.
func (w *settingsWindow) change(key string, value any) {
	w.at = key
	style := w.s.c.Style
	switch v := value.(type) {
	case string:
		switch key {
		case settings.KeyLanguage:
			style.Language = words.Language(v)
		case settings.KeyColours:
			style.Colours = v
		}
	case int:
		style.Text = v
	case bool:
		w.setup.Autostart = v
	}
	w.setup.NotKept = nil
	w.put(func(ctx context.Context, to Settings) error { return to.Keep(ctx, key, value) })
	if style != w.s.c.Style {
		w.s.restyle(style)
	}
}

// took takes a new snapshot: some of what is shown hangs on who is signed on.
func (w *settingsWindow) took(snap agent.Snapshot) {
	if snap.UID != w.shows.UID || snap.Environment != w.shows.Environment {
		w.show()
	}
}

// act does what a button asks for.
func (w *settingsWindow) act(a view.Action) {
	switch a {
	case view.Dismiss:
		w.close()
	case view.KeepPassword:
		if w.field.Len() == 0 {
			w.frame.window.Canvas().Focus(w.field)
			return
		}
		password := w.field.Take()
		w.put(func(ctx context.Context, to Settings) error {
			defer clear(password)
			return to.KeepPassword(ctx, password)
		})
	case view.ForgetPassword:
		w.put(func(ctx context.Context, to Settings) error { return to.ForgetPassword(ctx) })
	case view.UnlockKeyring:
		w.put(func(ctx context.Context, to Settings) error { return to.UnlockKeyring(ctx) })
	case view.StartAgain:
		w.s.c.Settings.StartAgain()
		w.s.app.Quit()
	default:
		w.s.act(a)
	}
}

// key takes keys that no control took.
func (w *settingsWindow) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		w.close()
	case fyne.KeyF5:
		w.put(nil)
	}
}
