package view

import (
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

// Trouble is the window that says what is wrong, what to do, and who helps.
type Trouble struct {
	Locked    bool // the card's lock instead of the warning sign
	Holder    *Holder
	Title     string
	Why       string // empty where the title says all
	FirstHead string
	First     string
	ThenHead  string
	Then      string
	RingHead  string // what to tell who helps, once that was asked for; empty before
	Ring      string
	CodeHead  string
	Code      string
	Known     string // "also known as ERR1002"
	Reference string // by which a server's log finds it
	Copy      Button
	Filled    Button
	Other     Button
}

// troubled tells whether something is wrong that a window has to say: a card is
// in that cannot be used, or a sign-on came to nothing.
func troubled(s agent.Snapshot) bool {
	if s.Problem == nil || s.Card == nil || s.Problem.Code == failure.UserAbort {
		return false
	}
	idle := s.Phase == agent.NoCard || s.Phase == agent.Locked
	return idle || s.PINWanted && refusesPIN(s.Problem)
}

// TroubleOf makes the window; ringing tells that the person asked who to ring.
// It is asked for a snapshot whose window is [TroubleWindow].
func TroubleOf(b words.Book, s agent.Snapshot, o Options, ringing bool) Trouble {
	p := s.Problem
	text, next, ok := b.Failure(p.Code)
	if !ok {
		text, next = string(p.Code), b.Text(words.CodeToIT)
	}
	e, _ := failure.Lookup(p.Code)
	v := Trouble{
		Title: trimStop(text), FirstHead: b.Text(words.DoFirst), First: next,
		CodeHead: b.Text(words.Code), Code: string(p.Code),
		Copy: Button{b.Text(words.Copy), CopyCode}, Other: Button{b.Text(words.Close), Dismiss},
	}
	if s.Card.Label != "" {
		h := holderOf(b, s)
		h.Usable = false
		v.Holder = &h
	}
	v.ThenHead, v.Then = b.Text(words.ThenWho), b.Text(who(e.Actor))
	if e.Actor != failure.You {
		v.FirstHead = b.Text(words.WhoHelps)
		v.ThenHead, v.Then = "", ""
	}
	if e.Known != "" {
		v.Known = b.Text(words.AlsoKnown, "code", e.Known)
	}
	if p.Ref != "" {
		v.Reference = b.Text(words.Reference, "ref", p.Ref)
	}
	switch p.Code {
	case failure.PINLocked:
		v.Locked, v.Title, v.Why = true, b.Text(words.Locked), b.Text(words.LockedWhy)
		v.FirstHead = b.Text(words.DoFirst)
		v.ThenHead, v.Then = b.Text(words.ThenWho), b.Text(words.LockedFirst)
		if s.Care.CanUnblock {
			v.First = b.Text(words.UnlockSelf)
			v.Then = b.Text(words.AskRA) + " " + v.Then // the words above no longer name them
		}
	case failure.CardExpired:
		if title, ok := ranOut(b, s); ok {
			v.Title, v.First = title, b.Text(words.NewCard)
		}
	}
	v.answers(b, s, e.Actor, o, ringing)
	return v
}

// answers are the buttons: what mends it, else who does, and a way to look
// deeper where it may lie in this computer.
func (v *Trouble) answers(b words.Book, s agent.Snapshot, a failure.Actor, o Options, ringing bool) {
	code := s.Problem.Code
	switch {
	case code == failure.SessionEnded:
		v.Filled = Button{b.Text(words.SignOnAgain), Retry}
	case code == failure.PINLocked && s.Care.CanUnblock:
		v.Filled = Button{b.Text(words.UnlockThis), UnlockCard}
	case a == failure.RA && !ringing:
		v.Filled = Button{b.Text(words.RingWhom), WhoToRing}
	case mayHelp(a, code):
		v.Filled = Button{b.Text(words.TryAgain), Retry}
		if o.Diagnostics {
			v.Other = Button{b.Text(words.Diagnostics), ShowDiagnostics}
		}
	case o.Diagnostics && a != failure.RA:
		v.Filled = Button{b.Text(words.Diagnostics), ShowDiagnostics}
	}
	if ringing {
		v.RingHead, v.Ring = b.Text(words.RingHead), ring(b, s, v.Title)
	}
}

// ring is what to say to who helps, in the words of the window.
func ring(b words.Book, s agent.Snapshot, title string) string {
	text := b.Text(words.RingSay, "title", title, "code", string(s.Problem.Code))
	if digits := ending(s); digits != "" {
		text += " " + b.Text(words.RingCard, "digits", digits)
	}
	return text + " " + b.Text(words.RingFind)
}

// mayHelp tells whether trying again can change anything.
func mayHelp(a failure.Actor, c failure.Code) bool {
	switch c {
	case failure.CardNoUser, failure.ProfileDemo, failure.CardUnsupported:
		return false
	case failure.PINLocked: // it may have been unlocked elsewhere
		return true
	default:
		return a == failure.You || a == failure.National || a == failure.LocalIT
	}
}

// who is the sentence that names who helps.
func who(a failure.Actor) words.Key {
	switch a {
	case failure.RA:
		return words.AskRA
	case failure.National:
		return words.AskNational
	case failure.Developer:
		return words.AskDeveloper
	default:
		return words.AskLocalIT
	}
}
