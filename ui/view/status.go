package view

import (
	"fmt"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
)

// Status is what the desk says at the moment: what is so, and what to do.
type Status struct {
	Title    string
	Sentence string
	Code     failure.Code // of the problem, for the help desk; empty for none
	Known    string       // the code users of the old service know, or empty
}

// StatusOf makes the words for a snapshot.
func StatusOf(s agent.Snapshot) Status {
	if s.Problem != nil {
		return problem(s)
	}
	switch s.Phase {
	case agent.NoReader:
		return Status{Title: "Plug the card reader in", Sentence: "This computer sees no reader."}
	case agent.NoCard:
		if s.Unlock {
			return Status{Title: "Unlock the computer", Sentence: "Then you are asked for your passcode."}
		}
		if s.Card != nil {
			return Status{Title: "Nobody is signed on", Sentence: "The card is in. Press Enter to sign on with it, or take it out."}
		}
		return Status{Title: "Put your card in", Sentence: "This desk is ready."}
	case agent.Reading:
		return Status{Title: "Reading the card...", Sentence: "Leave it in."}
	case agent.NeedPIN:
		return Status{Title: name(s), Sentence: "6 to 8 digits" + tries(s) + "."}
	case agent.SigningOn:
		return Status{Title: "Signing on...", Sentence: "Leave the card in."}
	case agent.ChoosingRole:
		return Status{Title: "Which role are you working in?", Sentence: roleCount(len(s.Roles))}
	case agent.SignedOn, agent.Renewing:
		return Status{Title: "Signed on", Sentence: removalNote(s.Mode)}
	case agent.Offline:
		return Status{Title: "The sign-on server does not answer", Sentence: "You stay signed on. What is open keeps working; other applications have to wait." + nextTry(s)}
	case agent.Locked:
		return Status{Title: fmt.Sprintf("Put %s's card back to go on", owner(s)), Sentence: "Or another card to change user."}
	default:
		return Status{Title: s.Phase.String()}
	}
}

// problem says what is wrong; the tries are told exactly where the card knows them.
func problem(s agent.Snapshot) Status {
	p := s.Problem
	e, ok := failure.Lookup(p.Code)
	if !ok {
		return Status{Title: string(p.Code), Sentence: "Give this code to local IT.", Code: p.Code}
	}
	st := Status{Title: e.Text, Sentence: e.Next, Code: p.Code, Known: e.Known}
	switch p.Code {
	case failure.PINWrong:
		if p.Retries > 0 {
			st.Sentence = plural(p.Retries, "1 try left", "%d tries left") + ". Take your time."
		}
	case failure.PINLast:
		st.Title = "One try left"
		st.Sentence = "If the next one is wrong too, the card locks and has to be unlocked before you can use it."
	case failure.PINLocked:
		st.Title = "This card is locked"
		st.Sentence = "Three wrong passcodes locked it. No work is lost. " + e.Next
	case failure.CardExpired:
		if s.Card != nil && !s.Card.Expires.IsZero() {
			st.Title = "This card ran out on " + s.Card.Expires.Local().Format("2 January 2006")
		}
	}
	if s.Phase == agent.Offline {
		st.Sentence = "You stay signed on. " + st.Sentence + nextTry(s)
	}
	if p.Ref != "" {
		st.Sentence += " Reference: " + p.Ref + "."
	}
	return st
}

// Person says who is signed on, in which role, since and until when.
func Person(s agent.Snapshot) string {
	if s.UID == "" {
		return ""
	}
	text := owner(s)
	if s.Role != nil {
		text += ", " + RoleName(*s.Role) + ", " + s.Role.OrgName
	}
	if !s.Since.IsZero() {
		text += fmt.Sprintf(", %s to %s", clock(s.Since), clock(s.Until))
	}
	return text
}

// Banner names the environment; everything but live is in capitals.
func Banner(e agent.Environment) string {
	if e.Live {
		return "live"
	}
	return "NOT LIVE: " + e.Name
}

func name(s agent.Snapshot) string {
	if s.Card != nil && s.Card.Label != "" {
		return s.Card.Label
	}
	return "Type your passcode"
}

func owner(s agent.Snapshot) string {
	if s.UserName != "" {
		return s.UserName
	}
	return string(s.UID)
}

func tries(s agent.Snapshot) string {
	if s.Card == nil || s.Card.Retries < 0 || s.Card.Retries > 2 {
		return ""
	}
	return ", " + plural(s.Card.Retries, "1 try left", "%d tries left")
}

func roleCount(n int) string { return plural(n, "1 role", "%d roles") }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

func removalNote(m agent.Mode) string {
	switch m {
	case agent.LockPersistence:
		return "The desk locks when the card comes out; your session is kept."
	case agent.Mobility:
		return "You stay signed on when the card comes out."
	default:
		return "You are signed out everywhere when the card comes out."
	}
}

func nextTry(s agent.Snapshot) string {
	if s.NextTry.IsZero() {
		return ""
	}
	return " Next try at " + s.NextTry.Local().Format("15:04:05") + "."
}

func clock(t time.Time) string { return t.Local().Format("15:04") }
