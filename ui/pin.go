package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lanyard/broker/agent"
	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// hint is the line below the field, which tells of Caps Lock while it is on.
type hint struct {
	box   *fyne.Container
	at    view.PIN
	look  theme.Look
	width float32
	text  string
}

// say writes the line; with a sign before it where it tells of a key.
func (h *hint) say(text string, sign bool) {
	if h.text == text {
		return
	}
	h.text = text
	if text == "" {
		h.box.Objects = nil
		h.box.Refresh()
		return
	}
	l := h.look
	line := widget.Paragraph(text, widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}, h.width)
	if sign {
		size, gap := l.Type(18), l.Space(8)
		line = widget.Row(gap, widget.At(widget.Start, widget.Picture(icon.Warning, l.Palette.Warn.Ink, size)),
			widget.Grow(widget.Paragraph(text, widget.Face{Size: l.Type(theme.Second), Bold: true, Ink: l.Text}, h.width-size-gap)))
	}
	h.box.Objects = []fyne.CanvasObject{line}
	h.box.Refresh()
}

// crowdedFrom is the scale from which on a window has little room to spare: a
// note leaves none for the picture of the card.
const crowdedFrom = 1.4

// crowded tells whether whose card it is has to stand on top of the window, and
// has room there.
func crowded(l theme.Look, name string) bool {
	return l.Scale >= crowdedFrom && widget.Measure(name, widget.Face{Size: l.Type(theme.Second)}) < l.Width(pinWidth)/2
}

// showPIN asks for the passcode.
func (p *prompt) showPIN(snap agent.Snapshot, q question) {
	v := view.PINOf(p.s.c.Words, snap, p.s.c.Now())
	if p.cancelled {
		p.frame.hide()
		if (v.Stage == view.PINReady || v.Stage == view.PINKeypad) && !p.sent {
			p.sent = true
			p.s.ask.put(agent.CancelPIN{Gen: v.Gen})
		}
		return
	}
	p.settle(v)
	p.pin = v
	focus := p.drawPIN(snap)
	p.open(q, focus)
	if v.Gen != p.shown && v.Stage != view.PINBusy {
		p.shown = v.Gen
		p.s.ask.put(agent.Shown{Gen: v.Gen})
	}
}

// settle brings what was typed in step with what the card says now.
func (p *prompt) settle(v view.PIN) {
	switch {
	case v.Last && !p.last, !v.Field:
		// Digits typed before this was known are not sent: it is asked again.
		p.entered = false
		p.field.Wipe()
	case v.Stage == view.PINReady && p.entered:
		p.entered = false
		p.pin = v
		p.send()
	}
	p.last = v.Last
	if v.Stage == view.PINBusy {
		p.sent = true
	}
}

// drawPIN draws the question and returns what is to have the focus; nil where
// nothing waits for a key.
func (p *prompt) drawPIN(snap agent.Snapshot) fyne.Focusable {
	c, v := p.s.c, p.pin
	busy := v.Stage == view.PINBusy || p.sent || p.entered
	p.field.Label = v.Label
	p.field.SetOff(busy)
	p.field.SetCareful(v.Note != nil && v.Note.Tone == view.Careful)
	l, filled, other := c.Look, v.Filled, v.Other
	if busy {
		filled, other = view.PINOf(c.Words, busySnapshot(snap), c.Now()).Filled, view.Button{}
	}
	noted, top := v.Note != nil && !busy, ""
	if noted && crowded(l, v.Holder.Name) {
		top = v.Holder.Name
		if v.Field && v.Last {
			v.Hint = "" // the note says more
		}
	}
	var press, back fyne.CanvasObject
	p.frame.put(page{
		title: v.Label + " - Lanyard", env: view.EnvironmentOf(c.Words, snap.Environment), person: top, width: pinWidth, keeps: busy,
		// The field stands in the foot: where the text is large it stays in sight.
		body: func(width float32) fyne.CanvasObject {
			var items []widget.Item
			if top == "" {
				items = append(items, widget.Of(widget.Owner(l, v.Holder, width)))
			}
			if noted {
				items = append(items, widget.Of(widget.Note(l, *v.Note, width)))
			}
			return widget.Column(l.Space(24), items...)
		},
		foot: func(width float32) fyne.CanvasObject {
			press = p.s.button(filled, widget.Filled, p.act, p.key)
			back = p.s.button(other, widget.Plain, p.act, p.key)
			answers := widget.Answers(l, width, press, back)
			return widget.Column(l.Space(20), widget.Of(p.drawAsking(v, width)), widget.Of(answers))
		},
	})
	p.typed()
	if v.Field {
		return p.field
	}
	return answer(press, back)
}

// answer is the button that has the focus where there is no field: the filled
// one, or the one that takes back what is going on, which wants more than Enter.
func answer(filled, other fyne.CanvasObject) fyne.Focusable {
	if b, ok := filled.(*widget.Button); ok {
		if b.Disabled() {
			return nil
		}
		return b
	}
	if b, ok := other.(*widget.Button); ok {
		b.Spared = true
		return b
	}
	return nil
}

// drawAsking draws the field, or that the reader's keys are to be used.
func (p *prompt) drawAsking(v view.PIN, width float32) fyne.CanvasObject {
	l := p.s.c.Look
	label := widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text}
	small := widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}
	if v.Field {
		p.hint = &hint{box: container.NewStack(), at: v, look: l, width: width}
		p.hint.say(v.Hint, false)
		return widget.Column(l.Space(8), widget.Of(widget.Line(v.Label, label)), widget.Of(p.field), widget.Of(p.hint.box))
	}
	p.hint = nil
	room, size := l.Space(16), l.Control(32)
	inner := width - 2*room - size - l.Space(14)
	return widget.Panel(l, room, widget.Row(l.Space(14), widget.At(widget.Middle, widget.Picture(icon.Reader, l.Brand, size)),
		widget.Grow(widget.Column(l.Space(2), widget.Of(widget.Paragraph(v.Label, label, inner)), widget.Of(widget.Paragraph(v.Hint, small, inner))))))
}

// busySnapshot is the snapshot as it will be once the agent took the passcode.
func busySnapshot(s agent.Snapshot) agent.Snapshot {
	s.Phase, s.PINWanted, s.Problem, s.Keypad = agent.SigningOn, false, nil, nil
	return s
}

// counts tells whether the seconds that the reader waits are to be seen.
func (p *prompt) counts() bool {
	return p.frame.shown && p.asked.window == view.PINWindow && p.s.snap.Keypad != nil
}

// typed keeps the hint in step with Caps Lock and keys that are no digits.
func (p *prompt) typed() {
	if p.hint == nil {
		return
	}
	switch v := p.hint.at; {
	case p.field.Len() > 0 && p.field.Caps():
		p.hint.say(v.Caps, true)
	case p.field.Len() > 0 && p.field.Odd():
		p.hint.say(v.Odd, true)
	default:
		p.hint.say(v.Hint, false)
	}
}

// submit takes Enter. While the card is still being read it is remembered.
func (p *prompt) submit() {
	if p.asked.window != view.PINWindow || p.sent {
		return
	}
	switch {
	case !p.pin.Field && p.pin.Filled.Action == view.StartKeypad:
		p.sent = true
		p.s.ask.put(agent.StartKeypad{Gen: p.pin.Gen})
	case !p.pin.Field || p.field.Len() == 0:
		return
	case p.pin.Stage == view.PINReading:
		p.entered = true
	default:
		p.send()
	}
	p.drawPIN(p.s.snap)
}

// send hands the passcode to the agent, which wipes it.
func (p *prompt) send() {
	if p.pin.Stage != view.PINReady || p.field.Len() == 0 {
		return
	}
	p.sent = true
	p.s.ask.put(agent.SubmitPIN{Gen: p.pin.Gen, PIN: p.field.Take()})
}
