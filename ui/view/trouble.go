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

// TroubleOf makes the window. It is asked for a snapshot whose window is
// [TroubleWindow].
func TroubleOf(b words.Book, s agent.Snapshot) Trouble {
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
	case failure.CardExpired:
		if title, ok := ranOut(b, s); ok {
			v.Title, v.First = title, b.Text(words.NewCard)
		}
	case failure.SessionEnded:
		v.Filled = Button{b.Text(words.SignOnAgain), Retry}
	}
	if v.Filled.Action == NoAction && mayHelp(e.Actor, p.Code) {
		v.Filled = Button{b.Text(words.TryAgain), Retry}
	}
	return v
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
