package ui

import (
	"context"
	"net/url"
	"path/filepath"
	"sync"

	"fyne.io/fyne/v2"

	"lanyard/broker/doctor"
	"lanyard/ui/view"
	"lanyard/ui/widget"
	"lanyard/ui/words"
)

// Doctor examines this machine, and gathers what IT wants to see. Its methods
// may be called from every goroutine and take their time.
type Doctor interface {
	// Examine looks at everything and tells each row as it comes; it stops when
	// ctx ends.
	Examine(ctx context.Context, tell func(doctor.Row)) doctor.Report
	// Text is a report as text, for a message to IT.
	Text(b words.Book, r doctor.Report) string
	// Save writes a bundle for IT where the user finds it, and tells where.
	Save(ctx context.Context, b words.Book, r doctor.Report, names bool) (path string, err error)
	// Unlock has the keyring ask the person to unlock it.
	Unlock(ctx context.Context) error
}

// diagnosticsWidth is the window at 100 %.
const diagnosticsWidth = 720

// diagnosticsWindow shows how this machine does.
type diagnosticsWindow struct {
	s     *Shell
	frame *frame
	lines *widget.Lines
	view  view.Diagnostics // as it is drawn

	report doctor.Report // what came so far
	done   bool          // all of it
	note   *view.Note
	told   *view.Note // the one that is drawn
	folder string     // of a saved bundle; empty: none to be shown
	names  bool       // a bundle with names is wanted
	busy   bool       // a bundle is written, or the keyring asks

	work examinations
}

func newDiagnosticsWindow(s *Shell) *diagnosticsWindow {
	d := &diagnosticsWindow{s: s, lines: widget.NewLines(s.c.Look), work: examinations{wake: make(chan struct{}, 1)}}
	d.frame = newFrame(s, "", d.close)
	d.lines.Press, d.lines.Keys, d.lines.Chosen = d.fix, d.key, d.sight
	c := d.frame.window.Canvas()
	c.SetOnTypedKey(d.key)
	c.AddShortcut(&fyne.ShortcutCopy{}, func(fyne.Shortcut) { d.copy() })
	return d
}

// open shows the window in front and begins an examination.
func (d *diagnosticsWindow) open() {
	d.frame.shown = true
	d.examine() // a window without content has no size
	d.frame.shown = false
	d.frame.open(false)
	d.frame.window.Canvas().Focus(d.lines)
}

// close hides the window; what is still being looked at is called off.
func (d *diagnosticsWindow) close() {
	d.work.put(nil)
	d.busy, d.note, d.folder = false, nil, ""
	d.frame.hide()
}

// examine looks at everything anew. Rows that come are drawn at once.
func (d *diagnosticsWindow) examine() {
	d.report, d.done, d.busy, d.note, d.folder = doctor.Report{}, false, false, nil, ""
	d.lines.Choose(0)
	d.show()
	d.begin(func(ctx context.Context, then func(func())) {
		all := d.s.c.Doctor.Examine(ctx, func(r doctor.Row) {
			then(func() { d.report.Rows = append(d.report.Rows, r) })
		})
		then(func() { d.report, d.done = all, true })
	})
}

// begin has something done that takes its time, and calls off what was begun
// before. What it brings is drawn, unless it was called off itself.
func (d *diagnosticsWindow) begin(job func(ctx context.Context, then func(func()))) {
	d.work.put(func(ctx context.Context) {
		job(ctx, func(f func()) {
			d.s.to.do(func() {
				if ctx.Err() == nil {
					f()
					d.show()
				}
			})
		})
	})
}

// fix does what the button of a row says.
func (d *diagnosticsWindow) fix(i int) {
	b := d.s.c.Words
	if i >= len(d.view.Rows) {
		return
	}
	switch f := d.view.Rows[i].Fix; f.Kind {
	case doctor.LookAgain:
		d.examine()
	case doctor.OpenSettings:
		d.s.act(view.ShowSettings)
	case doctor.CopyCommand:
		d.s.app.Clipboard().SetContent(f.Command)
		d.say(view.DiagnosticsCopied(b, f.Command))
	case doctor.UnlockKeyring:
		d.unlock()
	case doctor.NoFix:
	}
}

// unlock has the keyring ask, and looks again when it was unlocked.
func (d *diagnosticsWindow) unlock() {
	b := d.s.c.Words
	d.busy = true
	d.say(view.DiagnosticsUnlocking(b))
	d.begin(func(ctx context.Context, then func(func())) {
		err := d.s.c.Doctor.Unlock(ctx)
		then(func() {
			if d.busy = false; err != nil {
				d.s.c.Log.Info("the keyring stays locked", "err", err)
				n := view.DiagnosticsLocked(b)
				d.note = &n
				return
			}
			d.examine()
		})
	})
}

// copy puts the rows on the clipboard, once all have come.
func (d *diagnosticsWindow) copy() {
	if d.done {
		d.s.app.Clipboard().SetContent(d.s.c.Doctor.Text(d.s.c.Words, d.report))
		d.say(view.DiagnosticsCopied(d.s.c.Words, ""))
	}
}

// save writes a bundle and says where it is.
func (d *diagnosticsWindow) save() {
	b, report, names := d.s.c.Words, d.report, d.names
	if !d.done || d.busy {
		return // its button stays, so that the focus does
	}
	d.busy = true
	d.say(view.DiagnosticsSaving(b))
	d.begin(func(ctx context.Context, then func(func())) {
		path, err := d.s.c.Doctor.Save(ctx, b, report, names)
		then(func() {
			d.busy = false
			n := view.DiagnosticsSaved(b, path)
			if err != nil {
				d.s.c.Log.Warn("the bundle was not saved", "err", err)
				n = view.DiagnosticsNotSaved(b, err)
			} else {
				d.folder = filepath.Dir(path)
			}
			d.note = &n
		})
	})
}

// browse opens the folder of the saved bundle.
func (d *diagnosticsWindow) browse() {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(d.folder)}
	if err := d.s.app.OpenURL(&u); err != nil {
		d.s.c.Log.Warn("the folder of the bundle cannot be shown", "err", err)
	}
}

// say shows a note.
func (d *diagnosticsWindow) say(n view.Note) {
	d.note, d.folder = &n, ""
	d.show()
}

func (d *diagnosticsWindow) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		d.close()
	case fyne.KeyF5:
		d.examine()
	case fyne.KeyReturn, fyne.KeyEnter:
		for i, r := range d.view.Rows {
			if r.Filled {
				d.fix(i)
				return
			}
		}
	default:
		d.lines.Key(e.Name)
	}
}

// show draws what is known, if the window is to be seen.
func (d *diagnosticsWindow) show() {
	if !d.frame.shown {
		return
	}
	c := d.s.c
	d.view = view.DiagnosticsOf(c.Words, d.report, d.done)
	d.frame.put(page{
		title: c.Words.Text(words.DiagWindow), env: view.EnvironmentOf(c.Words, d.s.snap.Environment), person: d.view.Code,
		width: diagnosticsWidth, body: d.body, foot: d.foot,
	})
	if fresh := d.note != d.told; fresh && d.note != nil && d.frame.scroll != nil {
		d.frame.scroll.ScrollToTop() // where the text is large, it stands there
	}
	d.told = d.note
}

// examinations is what the window has done beside the toolkit: one thing at a
// time, the latest that was asked for.
type examinations struct {
	mu   sync.Mutex
	next func(context.Context)
	stop context.CancelFunc // of the one under way
	wake chan struct{}
}

// put has something done next and calls off what is under way; nil: nothing is.
func (e *examinations) put(job func(context.Context)) {
	e.mu.Lock()
	e.next = job
	if e.stop != nil {
		e.stop()
	}
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// run does what was put until ctx ends.
func (e *examinations) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		}
		e.mu.Lock()
		job := e.next
		e.next = nil
		work, stop := context.WithCancel(ctx)
		e.stop = stop
		e.mu.Unlock()
		if job != nil {
			job(work)
		}
	}
}
