package view

import (
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/words"
)

// pukLength is how many digits a PUK has.
const pukLength = 8

// leastPIN is how many digits a new passcode has at least. Old ones may be
// shorter: [card.MinPIN].
const leastPIN = 6

// CareForm is the form for another passcode: it asks for the old one or the
// PUK, for the new one, and for the new one once more.
type CareForm struct {
	Kind     agent.CareKind
	Sentence string // the rules, told before anything is typed
	Labels   [3]string
	Slips    [3]string // below a field: what does not fit
	Busy     bool      // the card is at work: nothing is typed, and nothing is taken back
}

// CareTyped is what is known of the three fields without their octets.
type CareTyped struct {
	Len    [3]int
	Digits [3]bool
	Fresh  bool // the new passcode differs from the old one
	Again  bool // both new ones are the same
}

// Slip is the first thing that does not fit, found without spending a try. Its
// zero value is that everything fits.
type Slip struct {
	Field int       // from 1 on; 0: none
	Why   words.Key // empty: nothing was typed there yet
}

// SlipOf looks at what was typed.
func SlipOf(kind agent.CareKind, t CareTyped) Slip {
	for i, n := range t.Len {
		switch {
		case n == 0:
			return Slip{Field: i + 1}
		case i == 0 && kind == agent.CardUnblock && (n != pukLength || !t.Digits[0]):
			return Slip{1, words.CareSlipPUK}
		case i == 0 && n < card.MinPIN:
			return Slip{1, words.CareSlipOld}
		case i == 1 && (n < leastPIN || n > card.MaxPIN || !t.Digits[1]):
			return Slip{2, words.CareSlipNew}
		case i == 1 && kind == agent.PINChange && !t.Fresh:
			return Slip{2, words.CareSlipSame}
		}
	}
	if !t.Again {
		return Slip{2, words.CareSlipAgain}
	}
	return Slip{}
}

// formOf makes the form that is open; nil where none is, or where it has come
// to its end.
func formOf(b words.Book, s agent.Snapshot, ask CareAsk) *CareForm {
	busy := ask.Form != agent.NoCare && (ask.Waits || s.Care.Busy == ask.Form)
	f := &CareForm{Kind: ask.Form, Busy: busy, Labels: [3]string{
		b.Text(words.CareOld), b.Text(words.CareNew), b.Text(words.CareAgain),
	}, Sentence: b.Text(words.CareChangeRule)}
	can := s.Care.CanChange && !lockedCard(s)
	if ask.Form == agent.CardUnblock {
		can = s.Care.CanUnblock
		f.Labels[0], f.Sentence = b.Text(words.CarePUK), b.Text(words.CareUnlockRule)
	}
	if ask.Form == agent.NoCare || !busy && (!can || formOver(s, ask)) {
		return nil
	}
	if at := ask.Slip.Field; at > 0 && at <= len(f.Slips) && ask.Slip.Why != "" && !busy {
		f.Slips[at-1] = b.Text(ask.Slip.Why)
	}
	return f
}

// formOver tells whether what was tried leaves nothing to type.
func formOver(s agent.Snapshot, ask CareAsk) bool {
	if ask.Tried != ask.Form {
		return false
	}
	locks := s.Care.Problem != nil && (s.Care.Problem.Code == failure.PINLocked || s.Care.Problem.Code == failure.PUKLocked)
	return s.Care.Done == ask.Form || s.Care.Refused == ask.Form && locks
}

// form fills in what stands around the form.
func (v *Care) form(b words.Book, s agent.Snapshot, ask CareAsk) {
	title, do, busy := words.CareChangeHead, words.CareChangeDo, words.CareChanging
	if ask.Form == agent.CardUnblock {
		title, do, busy = words.CareUnlockHead, words.CareUnlockDo, words.CareUnlocking
	}
	v.Title = b.Text(title)
	if v.Form.Busy {
		v.Filled = Button{Text: b.Text(busy)}
		v.Close = Button{}
		v.Note = &Note{Sentence: b.Text(words.LeaveCard)}
		return
	}
	v.Filled = Button{b.Text(do), SubmitCare}
	v.Close = Button{b.Text(words.Cancel), LeaveForm}
	switch {
	case ask.Left:
		v.Note = &Note{Title: b.Text(words.CareLeft), Sentence: b.Text(words.CareLeftWhy)}
	case ask.Tried == ask.Form && s.Care.Refused == ask.Form && s.Care.Problem != nil:
		v.Note = refusal(b, s)
	case ask.Form == agent.PINChange && s.Card.Retries == 1:
		v.Note = &Note{Tone: Careful, Title: b.Text(words.LastTitle), Sentence: b.Text(words.LastSentence)}
	}
}
