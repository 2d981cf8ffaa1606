package ui

import (
	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// careWidth is the width of the card's window at 100 %.
const careWidth = 560

// careWindow shows the card, and the form that sets another passcode. What is
// typed there dies with the insertion, with Escape, when the window is hidden
// and when it is left.
type careWindow struct {
	s     *Shell
	frame *frame

	fields  [3]*widget.PIN // the old passcode or the PUK, the new passcode, the new one once more
	gen     card.Generation
	ask     view.CareAsk
	before  agent.Care     // when the form was handed in
	seq     uint64         // the snapshot of then
	taken   bool           // the agent has the form
	working bool           // the form is drawn as one that the card works on
	last    *widget.PIN    // lost the focus last
	first   *widget.Button // has the focus where there is no field
	direct  bool           // the window was opened for the form: with it, it closes
	quiet   bool           // the fields are wiped by the window itself
}

func newCareWindow(s *Shell) *careWindow {
	w := &careWindow{s: s}
	w.frame = newFrame(s, "", w.close)
	for i := range w.fields {
		f := widget.NewPIN(s.c.Look, s.c.Now)
		f.Submit, f.Escape, f.Keys = w.submit, w.escape, w.key
		f.Changed = func() { w.typed(i) }
		f.Lost = func() { w.last = f; s.to.do(w.left) }
		f.Gained = func() { w.gained(f) }
		w.fields[i] = f
	}
	w.frame.window.Canvas().SetOnTypedKey(w.key)
	return w
}

// open shows the window in front, and the form for the PUK where that is what
// was asked for.
func (w *careWindow) open(a view.Action) {
	w.wipe()
	w.ask, w.direct = view.CareAsk{}, false
	w.gen = generation(w.s.snap)
	if a == view.UnlockCard {
		w.ask.Form, w.direct = agent.CardUnblock, true
		w.s.prompt.aside()
	}
	w.frame.shown = true
	w.show(w.s.snap)
	w.frame.shown = false
	for _, f := range w.fields {
		f.Guard()
	}
	w.frame.open(false)
	w.focus()
}

// generation is that of the card that is in; 0 without one.
func generation(s agent.Snapshot) card.Generation {
	if s.Card == nil {
		return 0
	}
	return s.Card.Gen
}

// close hides the window, unless the card is at work.
func (w *careWindow) close() {
	if w.busy() {
		return
	}
	w.wipe()
	w.ask = view.CareAsk{}
	w.frame.hide()
	if w.direct {
		w.direct = false
		w.s.prompt.again() // what was told before still holds, unless the card was unlocked
		w.s.prompt.show(w.s.snap)
	}
}

// wipe overwrites all that was typed.
func (w *careWindow) wipe() {
	w.quiet = true
	for _, f := range w.fields {
		f.Wipe()
	}
	w.quiet = false
}

// busy tells whether the form is on its way or the card at work.
func (w *careWindow) busy() bool {
	return w.ask.Form != agent.NoCare && (w.ask.Waits || w.s.snap.Care.Busy == w.ask.Form)
}

// show takes a new snapshot.
func (w *careWindow) show(snap agent.Snapshot) {
	if gen := generation(snap); gen != w.gen {
		w.wipe()
		w.gen = gen
		w.ask = view.CareAsk{Details: w.ask.Details}
	}
	if !w.frame.shown {
		return
	}
	w.arrived(snap)
	v := view.CareOf(w.s.c.Words, snap, w.ask, w.s.c.Now())
	if v.Over {
		w.direct = false
		w.close()
		return
	}
	if v.Form == nil && w.ask.Form != agent.NoCare {
		w.wipe()
		w.ask.Form, w.ask.Left, w.ask.Slip = agent.NoCare, false, view.Slip{}
	}
	w.draw(snap, v)
}

// arrived notes that the agent is past what was handed in.
func (w *careWindow) arrived(snap agent.Snapshot) {
	c := snap.Care
	past := c.Busy != agent.NoCare || c.Done != w.before.Done || c.Refused != w.before.Refused || problemOf(c) != problemOf(w.before)
	if w.ask.Waits && (past || w.taken && snap.Seq > w.seq) {
		w.ask.Waits = false
	}
}

// problemOf is why the card's last care did not take effect.
func problemOf(c agent.Care) agent.Problem {
	if c.Problem == nil {
		return agent.Problem{}
	}
	return *c.Problem
}

// told hears that the agent has the form, or would not take it.
func (w *careWindow) told(err error) {
	w.taken = true
	if err != nil {
		w.ask.Waits = false
	}
	w.show(w.s.snap)
}

// act does what a button asks for.
func (w *careWindow) act(a view.Action) {
	switch a {
	case view.ChangePasscode:
		w.form(agent.PINChange)
	case view.UnlockCard:
		w.form(agent.CardUnblock)
	case view.SubmitCare:
		w.submit()
	case view.LeaveForm, view.Dismiss:
		w.escape()
	case view.ToggleDetails:
		w.ask.Details = !w.ask.Details
		w.show(w.s.snap)
	case view.Retry:
		w.close()
		w.s.act(a)
	default:
		w.s.act(a)
	}
}

// form opens a form with empty fields.
func (w *careWindow) form(k agent.CareKind) {
	w.wipe()
	w.ask.Form, w.ask.Tried, w.ask.Left, w.ask.Slip = k, agent.NoCare, false, view.Slip{}
	w.show(w.s.snap)
	w.focus()
}

// escape does the harmless thing: it wipes what is typed, closes the form, then
// the window. While the card is at work there is nothing to take back.
func (w *careWindow) escape() {
	switch {
	case w.busy():
		return
	case w.ask.Form == agent.NoCare || w.direct:
		w.close()
	default:
		w.form(agent.NoCare)
	}
}

// key takes keys that no part of the window took.
func (w *careWindow) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		w.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		if v := view.CareOf(w.s.c.Words, w.s.snap, w.ask, w.s.c.Now()); v.Filled.Action != view.NoAction {
			w.act(v.Filled.Action)
		}
	default:
		w.frame.key(e.Name)
	}
}

// gained has a field that got the focus in sight. Enter that goes from field to
// field is not one that was meant for another window.
func (w *careWindow) gained(f *widget.PIN) {
	if w.last != nil && w.last != f {
		f.Ready()
	}
	w.frame.bring(f)
}

// left wipes what was typed if the keys go to another window now.
func (w *careWindow) left() {
	f, ok := w.frame.window.Canvas().Focused().(*widget.PIN)
	if !ok || f.Focused() || w.ask.Form == agent.NoCare || w.busy() {
		return
	}
	typed := 0
	for _, f := range w.fields {
		typed += f.Len()
	}
	if typed == 0 || !w.frame.shown {
		return
	}
	w.wipe()
	w.ask.Left, w.ask.Slip = true, view.Slip{}
	w.show(w.s.snap)
	w.frame.window.Canvas().Focus(w.fields[0])
}

// typed takes what was said of a field away once it is typed in anew.
func (w *careWindow) typed(field int) {
	if w.quiet || w.fields[field].Len() == 0 {
		return
	}
	if w.ask.Left || w.ask.Slip.Field == field+1 {
		w.ask.Left, w.ask.Slip = false, view.Slip{}
		w.show(w.s.snap)
	}
}

// submit hands the form in, or goes to the first field where something is
// missing or does not fit: that spends no try.
func (w *careWindow) submit() {
	if w.ask.Form == agent.NoCare || w.busy() {
		return
	}
	slip := view.SlipOf(w.ask.Form, w.filled())
	w.ask.Slip = slip
	if slip != (view.Slip{}) {
		w.slipped(slip)
		return
	}
	first, fresh := w.fields[0].Take(), w.fields[1].Take()
	w.wipe()
	w.before, w.seq, w.taken = w.s.snap.Care, w.s.snap.Seq, false
	w.ask.Tried, w.ask.Waits, w.ask.Left = w.ask.Form, true, false
	if w.ask.Form == agent.PINChange {
		w.s.ask.put(agent.ChangePIN{Gen: w.gen, Old: first, New: fresh})
	} else {
		w.s.ask.put(agent.Unblock{Gen: w.gen, PUK: first, New: fresh})
	}
	w.show(w.s.snap)
}

// slipped has what does not fit typed again; a new passcode that does not fit
// is typed twice again.
func (w *careWindow) slipped(slip view.Slip) {
	w.quiet = true
	if slip.Why != "" {
		w.fields[slip.Field-1].Wipe()
	}
	if slip.Why != "" && slip.Field == 2 {
		w.fields[2].Wipe()
	}
	w.quiet = false
	w.show(w.s.snap)
	w.frame.window.Canvas().Focus(w.fields[slip.Field-1])
}

// filled is what is known of the fields without their octets.
func (w *careWindow) filled() view.CareTyped {
	t := view.CareTyped{Fresh: !w.fields[1].Same(w.fields[0]), Again: w.fields[2].Same(w.fields[1])}
	for i, f := range w.fields {
		t.Len[i], t.Digits[i] = f.Len(), f.Digits()
	}
	return t
}
