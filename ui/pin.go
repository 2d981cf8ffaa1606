package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lanyard/broker/agent"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// hint is the line below the field, which tells of Caps Lock while it is on.
type hint struct {
	box   *fyne.Container
	at    view.PIN
	face  widget.Face
	width float32
	text  string
}

func (h *hint) say(text string) {
	if h.text == text {
		return
	}
	h.text = text
	h.box.Objects = []fyne.CanvasObject{widget.Paragraph(text, h.face, h.width)}
	h.box.Refresh()
}

// showPIN asks for the passcode.
func (p *prompt) showPIN(snap agent.Snapshot, q question) {
	v := view.PINOf(p.s.c.Words, snap)
	if p.cancelled {
		p.frame.hide()
		if v.Stage == view.PINReady {
			p.cancelled = false
			p.s.ask.put(agent.CancelPIN{Gen: v.Gen})
		}
		return
	}
	if v.Last && !p.last {
		// Digits typed before this was known are not sent: it is asked again.
		p.entered = false
		p.field.Wipe()
	}
	p.last = v.Last
	if v.Stage == view.PINReady && p.entered {
		p.entered = false
		p.pin = v
		p.send()
	}
	if v.Stage != view.PINReady && v.Stage != view.PINReading {
		p.sent = true
	}
	p.pin = v
	p.drawPIN(snap)
	p.open(q, p.field)
}

func (p *prompt) drawPIN(snap agent.Snapshot) {
	c, v := p.s.c, p.pin
	busy := v.Stage == view.PINBusy || p.sent || p.entered
	p.field.SetOff(busy)
	p.field.SetCareful(v.Note != nil && v.Note.Tone == view.Careful)
	l := c.Look
	small := widget.Face{Size: l.Type(theme.Second), Ink: l.Text2}
	p.frame.put(page{
		title: v.Label + " - Lanyard", env: view.EnvironmentOf(c.Words, snap.Environment), width: pinWidth,
		// The field stands in the foot: where the text is large it stays in sight.
		body: func(width float32) fyne.CanvasObject {
			items := []widget.Item{widget.Of(widget.Owner(l, v.Holder, width))}
			if v.Note != nil && !busy {
				items = append(items, widget.Of(widget.Note(l, *v.Note, width)))
			}
			return widget.Column(l.Space(24), items...)
		},
		foot: func(width float32) fyne.CanvasObject {
			filled, other := v.Filled, v.Other
			if busy {
				filled = view.PINOf(c.Words, busySnapshot(snap)).Filled
				other = view.Button{}
			}
			p.hint = &hint{box: container.NewStack(), at: v, face: small, width: width}
			p.hint.say(v.Hint)
			field := widget.Column(l.Space(8),
				widget.Of(widget.Line(v.Label, widget.Face{Size: l.Type(theme.Text), Bold: true, Ink: l.Text})),
				widget.Of(p.field), widget.Of(p.hint.box))
			return widget.Column(l.Space(20), widget.Of(field), widget.Of(widget.Answers(l, width, p.s.button(filled, widget.Filled, p.act, p.key), p.s.button(other, widget.Plain, p.act, p.key))))
		},
	})
	p.typed()
}

// busySnapshot is the snapshot as it will be once the agent took the passcode.
func busySnapshot(s agent.Snapshot) agent.Snapshot {
	s.Phase, s.PINWanted, s.Problem = agent.SigningOn, false, nil
	return s
}

// typed keeps the hint in step with Caps Lock.
func (p *prompt) typed() {
	if p.hint == nil {
		return
	}
	text := p.hint.at.Hint
	if p.field.Caps() && p.field.Len() > 0 {
		text = p.hint.at.Caps
	}
	p.hint.say(text)
}

// submit takes Enter. While the card is still being read it is remembered.
func (p *prompt) submit() {
	if p.asked.window != view.PINWindow || p.field.Len() == 0 || p.sent {
		return
	}
	if p.pin.Stage == view.PINReading {
		p.entered = true
	} else {
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
