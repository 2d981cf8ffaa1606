package view

import (
	"time"

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
	PINKeypad                  // the passcode is typed on the reader's own keys
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
	Field  bool // there is something to type here
}

// PINOf makes the window. It is asked for a snapshot whose window is
// [PINWindow].
func PINOf(b words.Book, s agent.Snapshot, now time.Time) PIN {
	_, gen := WindowOf(s)
	keypad := s.Card != nil && s.Card.Keypad
	v := PIN{
		Gen: gen, Holder: holderOf(b, s), Label: b.Text(words.Passcode), Field: !keypad,
		Hint: b.Text(words.Digits), Caps: b.Text(words.CapsLock), Odd: b.Text(words.Letters),
		Filled: Button{b.Text(words.SignOn), SubmitPIN},
		Other:  Button{b.Text(words.Cancel), CancelPIN},
	}
	if resumes(s) {
		v.Filled.Text = b.Text(words.GoOn)
	}
	switch {
	case s.Phase == agent.Reading:
		v.reading(b)
		return v
	case s.Keypad == nil && !s.PINWanted && !readerAsks(s):
		v.Stage, v.Hint = PINBusy, b.Text(words.LeaveCard)
		v.Filled, v.Other = Button{Text: b.Text(words.SigningOn)}, Button{}
		return v
	}
	v.Stage, v.Note = PINReady, pinNote(b, s)
	if lastTry(s) {
		v.Last = true
		v.Note = &Note{Tone: Careful, Title: b.Text(words.LastTitle), Sentence: b.Text(words.LastSentence)}
		v.Hint = b.Text(words.LastHint)
		v.Filled.Text, v.Other.Text = b.Text(words.UseLast), b.Text(words.StopHere)
	}
	if keypad || s.Keypad != nil {
		v.keypad(b, s, now)
	}
	return v
}

// reading asks while the card is being read: what is typed waits for it.
func (v *PIN) reading(b words.Book) {
	v.Stage, v.Hint = PINReading, b.Text(words.TypeAlready)
	v.Other = Button{b.Text(words.Cancel), Dismiss}
	v.Holder = Holder{Name: b.Text(words.Reading), Second: b.Text(words.LeaveIn), Usable: true}
	if !v.Field {
		v.Filled, v.Label, v.Hint = Button{}, b.Text(words.KeypadType), b.Text(words.KeypadBegins)
	}
}

// keypad asks on the reader's own keys. The last try is never begun unasked.
func (v *PIN) keypad(b words.Book, s agent.Snapshot, now time.Time) {
	v.Field, v.Label = false, b.Text(words.KeypadType)
	switch {
	case s.Keypad != nil:
		v.Stage, v.Filled = PINKeypad, Button{}
		v.Other.Text = b.Text(words.Cancel)
		v.Hint = b.Count(words.KeypadLeft, secondsUntil(s.Keypad.Until, now))
	case ReaderRests(s):
		v.Filled.Action = StartKeypad
		if !v.Last {
			v.Hint = b.Text(words.TermReader)
		}
	default:
		v.Stage, v.Filled, v.Hint = PINKeypad, Button{}, b.Text(words.KeypadBegins)
	}
}

// readerAsks tells whether the passcode is wanted on the reader's own keys,
// which have not begun.
func readerAsks(s agent.Snapshot) bool {
	asked := s.Phase == agent.NeedPIN || s.Phase == agent.Renewing && s.Problem != nil
	return asked && s.Card != nil && s.Card.Keypad && s.Keypad == nil
}

// ReaderRests tells whether the reader's own keys begin only when a person says
// so: after a try that was refused or came to nothing, and for the last one.
func ReaderRests(s agent.Snapshot) bool {
	return readerAsks(s) && (s.Problem != nil || lastTry(s))
}

// secondsUntil counts seconds that have begun.
func secondsUntil(then, now time.Time) int {
	return max(0, int((then.Sub(now)+time.Second-1)/time.Second))
}

// resumes tells whether the passcode brings a session back that was kept: that
// of the same card.
func resumes(s agent.Snapshot) bool {
	return s.UID != "" && s.Phase != agent.Renewing && s.Card != nil && (s.Card.UID == "" || s.Card.UID == s.UID)
}

// lastTry tells whether the next wrong passcode locks the card.
func lastTry(s agent.Snapshot) bool {
	return s.Card != nil && s.Card.Retries == 1 || s.Problem != nil && s.Problem.Code == failure.PINLast
}

// mayType tells whether nothing but an answer of the server is waited for: what
// is typed meanwhile asks it at once, and reaches the card only if it answers.
func mayType(s agent.Snapshot) bool {
	switch s.Problem.Code {
	case failure.NetDown, failure.NetTimeout, failure.NetReset, failure.ServerDown, failure.Busy:
		return s.Card == nil || !s.Card.Keypad
	default:
		return false
	}
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
		case failure.NetDown, failure.NetTimeout, failure.NetReset, failure.ServerDown, failure.Busy:
			n.Code = string(s.Problem.Code)
			if s.Card == nil || !s.Card.Keypad {
				n.Sentence = b.Text(words.PINWhileAway)
			}
		default:
			n.Code = string(s.Problem.Code)
		}
		if mayType(s) {
			n.Sentence = b.Text(words.PINWhileAway)
			if ref := s.Problem.Ref; ref != "" {
				n.Sentence += " " + b.Text(words.Reference, "ref", ref)
			}
		}
		return n
	}
	switch {
	case s.Card != nil && s.Card.Retries == 2:
		return &Note{Tone: Careful, Title: b.Count(words.TriesLeft, 2), Sentence: b.Text(words.LeaveTime)}
	case s.Care.Done == agent.CardUnblock:
		return &Note{Tone: Good, Title: b.Text(words.CareUnlocked), Sentence: b.Text(words.CareSignOnNew)}
	case s.Phase == agent.Renewing:
		return &Note{Title: b.Text(words.SignOnAgain), Sentence: b.Text(words.RenewSentence)}
	case resumes(s):
		return kept(b, s)
	default:
		return nil
	}
}

// kept says whose session the passcode brings back.
func kept(b words.Book, s agent.Snapshot) *Note {
	n := &Note{Title: b.Text(words.ResumeTitle), Sentence: b.Text(words.ResumePlain, "name", owner(s))}
	if s.Role != nil {
		n.Sentence = b.Text(words.ResumeRole, "name", owner(s), "role", RoleName(*s.Role), "place", s.Role.OrgName)
	}
	return n
}
