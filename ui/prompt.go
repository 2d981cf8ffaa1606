package ui

import (
	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// question is what the prompt window was opened for; what was typed, sent or
// waved away for one question counts for no other.
type question struct {
	window view.Window
	gen    card.Generation
	code   string
}

// prompt is the window that asks: for the passcode, for the role, and what to
// do where something is wrong.
type prompt struct {
	s     *Shell
	frame *frame
	field *widget.PIN

	asked     question // what the window shows
	dismissed question // what was waved away
	ringing   question // for what the person asked who to ring
	gen       card.Generation
	entered   bool            // Enter was pressed before the card was read
	cancelled bool            // Escape was pressed before the card was read
	sent      bool            // the answer is on its way to the agent
	last      bool            // the person knows that one try is left
	shown     card.Generation // whose question has been seen
	changing  bool            // the person asked for another role
	pin       view.PIN
	hint      *hint
	roles     *rolePage
}

func newPrompt(s *Shell) *prompt {
	p := &prompt{s: s, field: widget.NewPIN(s.c.Look, s.c.Now)}
	p.frame = newFrame(s, "Lanyard", p.escape)
	p.field.Submit, p.field.Escape, p.field.Changed = p.submit, p.escape, p.typed
	p.frame.window.Canvas().SetOnTypedKey(p.key)
	p.frame.window.Canvas().SetOnTypedRune(p.letter)
	return p
}

// show takes a new snapshot.
func (p *prompt) show(snap agent.Snapshot) {
	window, gen := view.WindowOf(snap)
	if gen != p.gen {
		p.forget(gen)
	}
	switch {
	case window != view.PINWindow:
		p.sent, p.cancelled = false, false
	case !p.cancelled && (snap.PINWanted || snap.Keypad != nil || view.ReaderRests(snap)):
		p.sent = false
	}
	if p.changing && (window != view.Rest || snap.UID == "") {
		p.changing = false
	}
	q := question{window: window, gen: gen}
	if window == view.TroubleWindow {
		q.code = string(snap.Problem.Code)
	}
	if p.changing {
		q.window = view.RoleWindow
	}
	switch {
	case q.window == view.Rest, q == p.dismissed:
		p.close()
	case q.window == view.PINWindow:
		p.showPIN(snap, q)
	case q.window == view.RoleWindow:
		p.showRoles(snap, q)
	default:
		p.showTrouble(snap, q)
	}
}

// forget wipes all that belonged to an insertion that is over.
func (p *prompt) forget(gen card.Generation) {
	p.gen = gen
	p.field.Wipe()
	p.entered, p.cancelled, p.sent, p.last, p.changing = false, false, false, false, false
	p.dismissed = question{}
}

// front brings the question in front of a window that came after it: what asks
// has the keys.
func (p *prompt) front() {
	if p.frame.shown {
		p.frame.open(true)
		p.field.Guard()
	}
}

// close takes the window away; nothing typed stays.
func (p *prompt) close() {
	p.asked = question{}
	p.roles = nil
	p.field.Wipe()
	p.frame.hide()
}

// open shows the window for a question, in front if it is a new one.
func (p *prompt) open(q question, focus fyne.Focusable) {
	fresh := q != p.asked || !p.frame.shown
	sameHand := p.asked.gen == q.gen && p.frame.shown
	p.asked = q
	if fresh && !sameHand {
		p.field.Guard()
		p.frame.open(true) // which takes its time where the machine is busy
	}
	p.focus(focus, fresh)
}

// focus gives the focus to what takes keys now, where the person has not moved
// it elsewhere.
func (p *prompt) focus(f fyne.Focusable, fresh bool) {
	c := p.frame.window.Canvas()
	switch now := c.Focused(); {
	case f == nil && now == fyne.Focusable(p.field):
		c.Unfocus() // what is typed would go to a field that is not there
	case f != nil && (fresh || now == nil || now == fyne.Focusable(p.field)):
		c.Focus(f)
	}
}

// dismiss waves the window away until something changes.
func (p *prompt) dismiss() {
	p.dismissed = p.asked
	p.changing = false
	p.close()
}

// act does what a button asks for.
func (p *prompt) act(a view.Action) {
	switch a {
	case view.SubmitPIN, view.StartKeypad:
		p.submit()
	case view.CancelPIN, view.Dismiss:
		p.escape()
	case view.ChooseRole:
		p.choose()
	case view.ClearSearch:
		p.search("")
	case view.WhoToRing:
		p.ring()
	case view.Retry:
		p.close()
		p.s.act(a)
	default:
		p.s.act(a)
	}
}

// escape does the harmless thing.
func (p *prompt) escape() {
	switch {
	case p.asked.window == view.RoleWindow && p.roles != nil && p.roles.typed != "":
		p.search("")
	case p.asked.window == view.PINWindow && p.sent:
		return // the card is at work: there is nothing to take back
	case p.asked.window == view.PINWindow && (p.pin.Stage == view.PINReady || p.pin.Stage == view.PINKeypad):
		p.field.Wipe()
		p.s.ask.put(agent.CancelPIN{Gen: p.pin.Gen})
	case p.asked.window == view.PINWindow && p.pin.Stage == view.PINReading:
		p.cancelled = true
		p.field.Wipe()
		p.frame.hide()
	case p.asked.window == view.PINWindow:
		return
	default:
		p.dismiss()
	}
}

// again forgets what was waved away: the person asks for the question.
func (p *prompt) again() {
	p.dismissed, p.cancelled = question{}, false
}

// letter takes characters while nothing has the focus, which a click on the
// window's ground takes away.
func (p *prompt) letter(r rune) {
	switch {
	case p.asked.window == view.PINWindow && p.pin.Field:
		p.focus(p.field, true)
		p.field.TypedRune(r)
	case p.asked.window == view.RoleWindow && p.roles != nil:
		f := p.roles.focus()
		p.focus(f, true)
		f.TypedRune(r)
	}
}

// key takes keys that no part of the window took.
func (p *prompt) key(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		p.escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		switch {
		case p.asked.window == view.RoleWindow:
			p.choose()
		case p.asked.window == view.PINWindow:
			p.submit()
		}
	default:
		p.frame.key(e.Name)
	}
}
