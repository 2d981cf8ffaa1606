package terminal

import (
	"context"
	"crypto/subtle"
	"time"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// form is what was typed so far for another passcode.
type form struct {
	kind  agent.CareKind
	typed [2]*card.PIN // the old one or the PUK, then the new one
}

func (f *form) wipe() {
	for _, p := range f.typed {
		p.Wipe()
	}
	*f = form{}
}

// field is which one of the form a question asks for.
func (q question) field() int {
	switch q {
	case forNew:
		return 1
	case forAgain:
		return 2
	default:
		return 0
	}
}

// begin opens the form for another passcode.
func (s *sitting) begin(k agent.CareKind) {
	s.form = form{kind: k}
	q, rule := forOld, words.CareChangeRule
	if k == agent.CardUnblock {
		q, rule = forPUK, words.CareUnlockRule
	}
	s.print("  %s\n", s.text(rule))
	s.open(q)
}

// fill takes one answer of the form; what does not fit is asked for again, and
// no try is spent on it.
func (s *sitting) fill(ctx context.Context) error {
	if s.n == 0 {
		s.reopen()
		return nil
	}
	at := s.question.field()
	slip := view.SlipOf(s.form.kind, s.filled(at))
	switch {
	case slip.Why != "":
		s.print("  %s\n", s.text(slip.Why))
		if at == 2 {
			s.form.typed[1].Wipe()
			s.form.typed[1] = nil
			s.question = forNew
		}
		s.open(s.question)
		return nil
	case at < 2:
		s.form.typed[at] = card.CopyPIN(s.typed[:s.n])
		s.open([]question{forNew, forAgain}[at])
		return nil
	default:
		return s.submit(ctx)
	}
}

// filled is what is known of the fields up to the one that was just answered.
func (s *sitting) filled(at int) (t view.CareTyped) {
	for i := range at + 1 {
		octets := s.typed[:s.n]
		if i < at && i < len(s.form.typed) {
			octets = s.form.typed[i].Octets()
		}
		t.Len[i], t.Digits[i] = len(octets), digits(octets)
	}
	switch at {
	case 1:
		t.Fresh = !same(s.form.typed[0].Octets(), s.typed[:s.n])
	case 2:
		t.Fresh, t.Again = true, same(s.form.typed[1].Octets(), s.typed[:s.n])
	}
	return t
}

// digits tells whether nothing else was typed.
func digits(octets []byte) bool {
	for _, c := range octets {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// submit hands the form in; the agent takes over what was typed.
func (s *sitting) submit(ctx context.Context) error {
	first, fresh, kind, gen := s.form.typed[0], s.form.typed[1], s.form.kind, s.gen
	s.form = form{}
	s.leave()
	s.tried, s.triedAt = kind, s.snap.Seq
	var r agent.Request = agent.ChangePIN{Gen: gen, Old: first, New: fresh}
	doing := words.CareChanging
	if kind == agent.CardUnblock {
		r, doing = agent.Unblock{Gen: gen, PUK: first, New: fresh}, words.CareUnlocking
	}
	s.print("  %s %s\n", s.text(doing), s.text(words.LeaveCard))
	return s.do(ctx, r)
}

// outcome tells what became of the form that was handed in last.
func (s *sitting) outcome() {
	c := s.snap.Care
	switch {
	case s.tried == agent.NoCare || s.snap.Seq <= s.triedAt || c.Busy != agent.NoCare:
		return
	case s.snap.Card == nil:
		s.tried = agent.NoCare
		return
	case c.Done != s.tried && c.Refused != s.tried:
		return
	}
	v := view.CareOf(s.desk.Words, s.snap, view.CareAsk{Tried: s.tried}, time.Now())
	s.tried = agent.NoCare
	if v.Note != nil {
		s.endLine()
		s.note(*v.Note)
		s.printHints()
	}
}

// note prints what a window shows above its content.
func (s *sitting) note(n view.Note) {
	s.print("  %s", sentence(n.Title))
	if n.Title != "" && n.Sentence != "" {
		s.print(" ")
	}
	s.print("%s", n.Sentence)
	if n.Code != "" {
		s.print(" [%s]", n.Code)
	}
	s.print("\n")
}

// printCard tells what is on the card, until when, and what can be done with it.
func (s *sitting) printCard() {
	v := view.CareOf(s.desk.Words, s.snap, view.CareAsk{}, time.Now())
	if label := s.snap.Card.Label; label != "" {
		s.print("  %s\n", label)
	}
	for _, c := range v.Certs {
		s.print("  %s: %s\n", c.Use, c.Until)
	}
	if v.Words != "" {
		s.print("  %s\n", v.Words)
	}
	s.print("  %s: %s\n", v.Passcode.Name, v.Passcode.Value)
	if v.Note != nil {
		s.note(*v.Note)
	}
	s.printKeys(s.cardKeys())
}
