package view

import (
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/words"
)

// PINStage is how far the question for the passcode is.
type PINStage int

// The stages.
const (
	PINReading PINStage = iota // digits are taken, and kept until the card was read
	PINReady                   // the card waits for the passcode
	PINBusy                    // the card and the server are at work: nothing is typed
)

// PIN is the window that asks for the passcode.
type PIN struct {
	Gen    card.Generation
	Stage  PINStage
	Holder Holder
	Note   *Note // what became of the last try, or what has to be known before this one
	Label  string
	Hint   string // below the field
	Caps   string // what the hint becomes while Caps Lock is on
	Odd    string // what the hint becomes after a key that is no digit
	Filled Button
	Other  Button
	Last   bool // one try is left: digits typed before that was known are not sent
}

// PINOf makes the window. It is asked for a snapshot whose window is
// [PINWindow].
func PINOf(b words.Book, s agent.Snapshot) PIN {
	_, gen := WindowOf(s)
	v := PIN{
		Gen: gen, Holder: holderOf(b, s), Label: b.Text(words.Passcode),
		Hint: b.Text(words.Digits), Caps: b.Text(words.CapsLock), Odd: b.Text(words.Letters),
		Filled: Button{b.Text(words.SignOn), SubmitPIN},
		Other:  Button{b.Text(words.Cancel), CancelPIN},
	}
	switch {
	case s.Phase == agent.Reading:
		v.Stage, v.Hint, v.Other = PINReading, b.Text(words.TypeAlready), Button{b.Text(words.Cancel), Dismiss}
		v.Holder = Holder{Name: b.Text(words.Reading), Second: b.Text(words.LeaveIn), Usable: true}
		return v
	case !s.PINWanted:
		v.Stage, v.Hint = PINBusy, b.Text(words.LeaveCard)
		v.Filled, v.Other = Button{Text: b.Text(words.SigningOn)}, Button{}
		return v
	}
	v.Stage = PINReady
	v.Note = pinNote(b, s)
	if lastTry(s) {
		v.Last = true
		v.Note = &Note{Tone: Careful, Title: b.Text(words.LastTitle), Sentence: b.Text(words.LastSentence)}
		v.Hint = b.Text(words.LastHint)
		v.Filled.Text, v.Other.Text = b.Text(words.UseLast), b.Text(words.StopHere)
	}
	return v
}

// lastTry tells whether the next wrong passcode locks the card.
func lastTry(s agent.Snapshot) bool {
	return s.Card != nil && s.Card.Retries == 1 || s.Problem != nil && s.Problem.Code == failure.PINLast
}

// pinNote says what stands above the field.
func pinNote(b words.Book, s agent.Snapshot) *Note {
	if s.Problem != nil {
		st := StatusOf(b, s)
		n := &Note{Tone: Careful, Title: trimStop(st.Title), Sentence: st.Sentence}
		switch s.Problem.Code {
		case failure.PINWrong, failure.PINFormat:
		case failure.UserAbort:
			return nil
		default:
			n.Code = string(s.Problem.Code)
		}
		return n
	}
	if s.Card != nil && s.Card.Retries == 2 {
		return &Note{Tone: Careful, Title: b.Count(words.TriesLeft, 2), Sentence: b.Text(words.LeaveTime)}
	}
	return nil
}
