package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/words"
)

// Care is the window of the card: whose it is, what it is for and until when,
// and the form that sets another passcode.
type Care struct {
	Gen      card.Generation
	Title    string
	Holder   *Holder // nil: no card is in
	Note     *Note
	Certs    []CertLine
	Passcode Fact // how many tries are left; empty where it is not told
	Words    string
	Details  Button
	Form     *CareForm // nil: the card itself is shown
	Buttons  []Button  // at the end of the foot, the filled one behind them
	Filled   Button
	Close    Button
	Over     bool // the card is unlocked and its passcode is asked for: nothing is left to say here
}

// CertLine is a certificate in plain words.
type CertLine struct {
	Use   string
	Until string
	Tone  Tone
	Facts []Fact // only where details are wanted
}

// Fact is a name and what it is.
type Fact struct{ Name, Value string }

// CareAsk is what a person at the window of the card wants to see.
type CareAsk struct {
	Form    agent.CareKind // the form that is open
	Tried   agent.CareKind // what was tried in this window: what became of it is told
	Waits   bool           // it is on its way to the card
	Left    bool           // the window was left, and what was typed wiped
	Details bool
	Slip    Slip
}

// CareOf makes the window.
func CareOf(b words.Book, s agent.Snapshot, ask CareAsk, now time.Time) Care {
	v := Care{Title: b.Text(words.YourCard), Close: Button{b.Text(words.Close), Dismiss}}
	if s.Card == nil {
		v.Note = &Note{Title: b.Text(words.PutIn), Sentence: b.Text(words.CareNoCard)}
		return v
	}
	h := holderOf(b, s)
	v.Gen, v.Holder = s.Card.Gen, &h
	v.Over = ask.Tried == agent.CardUnblock && s.Care.Done == agent.CardUnblock && s.PINWanted
	if v.Form = formOf(b, s, ask); v.Form != nil {
		v.form(b, s, ask)
		return v
	}
	v.Note = outcome(b, s, ask)
	if v.Note == nil {
		v.Note = Expiry(b, s, now)
	}
	v.certs(b, s, ask.Details, now)
	if tries := triesOf(b, s); tries != "" {
		v.Passcode = Fact{b.Text(words.Passcode), tries}
	}
	if s.Care.Busy == agent.NoCare {
		v.ways(b, s, ask)
	}
	return v
}

// certs are the certificates in plain words, signing on first.
func (v *Care) certs(b words.Book, s agent.Snapshot, details bool, now time.Time) {
	certs := slices.Clone(s.Card.Certs)
	slices.SortStableFunc(certs, func(x, y agent.CertView) int { return cmp.Compare(place(x.Purpose), place(y.Purpose)) })
	for _, c := range certs {
		line := CertLine{Use: b.Text(useOf(c.Purpose)), Until: b.Text(words.CareUntil, "date", b.Date(c.Until)), Tone: Good}
		switch days := daysUntil(now, c.Until); {
		case !c.Until.After(now):
			line.Until, line.Tone = b.Text(words.CareEnded, "date", b.Date(c.Until)), Bad
		case now.Before(c.From):
			line.Until, line.Tone = b.Text(words.CareLater, "date", b.Date(c.From)), Careful
		case days <= expirySoon:
			line.Tone = Careful
		}
		if details {
			line.Facts = facts(b, c)
		}
		v.Certs = append(v.Certs, line)
	}
	switch {
	case s.Phase == agent.Reading:
		v.Words = b.Text(words.Reading)
	case len(certs) == 0:
		v.Words = b.Text(words.CareUnread)
	case details:
		v.Details = Button{b.Text(words.CareHide), ToggleDetails}
	default:
		v.Details = Button{b.Text(words.CareShow), ToggleDetails}
	}
}

// place is where a purpose stands in the list.
func place(p card.Purpose) int {
	switch p {
	case card.Authentication:
		return 0
	case card.ContentCommitment:
		return 1
	default:
		return 2
	}
}

func useOf(p card.Purpose) words.Key {
	return [...]words.Key{words.CareSignsOn, words.CareSigns, words.CareOther}[place(p)]
}

// facts are what somebody who helps may ask for.
func facts(b words.Book, c agent.CertView) []Fact {
	var out []Fact
	for _, f := range []struct {
		name  words.Key
		value string
	}{
		{words.CareHolder, c.Holder},
		{words.CareIssuer, c.Issuer},
		{words.CareSerial, inPairs(c.Serial)},
		{words.CareKey, c.Key},
		{words.CareFrom, b.Date(c.From)},
	} {
		if f.value != "" {
			out = append(out, Fact{b.Text(f.name), f.value})
		}
	}
	return out
}

// inPairs writes hexadecimal as certificate viewers do, so that it can be read out.
func inPairs(hex string) string {
	hex = strings.ToUpper(hex)
	if len(hex)%2 == 1 {
		hex = "0" + hex
	}
	var pairs []string
	for i := 0; i < len(hex); i += 2 {
		pairs = append(pairs, hex[i:i+2])
	}
	return strings.Join(pairs, " ")
}

func triesOf(b words.Book, s agent.Snapshot) string {
	switch {
	case lockedCard(s):
		return b.Text(words.CareLocked)
	case s.Card.Retries < 0: // as most cards once their passcode was typed
		return ""
	default:
		return b.Count(words.TriesLeft, s.Card.Retries)
	}
}

// lockedCard tells whether the card takes no passcode any more.
func lockedCard(s agent.Snapshot) bool {
	return s.Card.Retries == 0 || s.Problem != nil && s.Problem.Code == failure.PINLocked
}

// ways are what can be done with the card, and why something cannot.
func (v *Care) ways(b words.Book, s agent.Snapshot, ask CareAsk) {
	locked := lockedCard(s)
	switch {
	case ask.Tried == agent.CardUnblock && s.Care.Done == agent.CardUnblock && s.UID == "":
		v.Filled = Button{b.Text(words.SignOn), Retry}
		return
	case locked && s.Care.CanUnblock:
		v.Filled = Button{b.Text(words.CareUnlock), UnlockCard}
		return
	case s.Care.CanUnblock:
		v.Buttons = append(v.Buttons, Button{b.Text(words.CareUsePUK), UnlockCard})
	}
	if s.Care.CanChange && !locked {
		v.Buttons = append(v.Buttons, Button{b.Text(words.CareChange), ChangePasscode})
	}
	if len(v.Buttons) > 0 || len(s.Card.Certs) == 0 || v.Note != nil {
		return
	}
	v.Note = &Note{Sentence: b.Text(words.CareElsewhere)}
	if s.Card.Keypad {
		v.Note = &Note{Title: b.Text(words.CareKeypad), Sentence: b.Text(words.CareKeypadWho)}
	}
}

// outcome says what became of what was tried, where the form is no more.
func outcome(b words.Book, s agent.Snapshot, ask CareAsk) *Note {
	done := ask.Tried != agent.NoCare && s.Care.Done == ask.Tried
	switch {
	case done && ask.Tried == agent.PINChange:
		return &Note{Tone: Good, Title: b.Text(words.CareChanged), Sentence: b.Text(words.CareUseNew)}
	case done:
		return &Note{Tone: Good, Title: b.Text(words.CareUnlocked), Sentence: b.Text(words.CareSignOnNew)}
	case ask.Tried != agent.NoCare && s.Care.Refused == ask.Tried && s.Care.Problem != nil:
		return refusal(b, s)
	case lockedCard(s):
		return &Note{Tone: Bad, Title: b.Text(words.Locked), Sentence: b.Text(words.LockedWhy)}
	default:
		return nil
	}
}

// refusal says why what was tried did not take effect.
func refusal(b words.Book, s agent.Snapshot) *Note {
	p := s.Care.Problem
	s.Problem = p
	st := StatusOf(b, s)
	n := &Note{Tone: Careful, Title: trimStop(st.Title), Sentence: st.Sentence}
	switch p.Code {
	case failure.PINWrong, failure.PINLast, failure.PINFormat:
	case failure.PUKWrong:
		if p.Retries > 0 {
			n.Sentence = b.Text(words.TakeTime, "tries", b.Count(words.TriesLeft, p.Retries))
		}
	case failure.PINLocked, failure.PUKLocked:
		n.Tone, n.Code = Bad, string(p.Code)
	default:
		n.Code = string(p.Code)
	}
	return n
}
