package view

import (
	"strings"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

// Status is what the desk says at the moment: what is so, and what to do.
type Status struct {
	Title    string
	Sentence string
	Code     failure.Code // of the problem, for the help desk; empty for none
	Known    string       // the code users of the old service know, or empty
}

// StatusOf makes the words for a snapshot.
func StatusOf(b words.Book, s agent.Snapshot) Status {
	if s.Problem != nil {
		return problem(b, s)
	}
	if s.Looking {
		return Status{Title: b.Text(words.Looking), Sentence: b.Text(words.LookingSentence)}
	}
	say := func(title, sentence words.Key) Status {
		return Status{Title: b.Text(title), Sentence: b.Text(sentence)}
	}
	switch s.Phase {
	case agent.NoReader:
		return say(words.PlugReader, words.NoReader)
	case agent.NoCard:
		switch {
		case s.Unlock:
			return say(words.UnlockFirst, words.UnlockThen)
		case s.Card != nil:
			return say(words.NobodyOn, words.CardIsIn)
		default:
			return say(words.PutIn, words.Ready)
		}
	case agent.Reading:
		return say(words.Reading, words.LeaveIn)
	case agent.NeedPIN:
		return Status{Title: holder(b, s), Sentence: b.Text(words.Digits) + tries(b, s) + "."}
	case agent.SigningOn:
		return say(words.SigningOn, words.LeaveCard)
	case agent.ChoosingRole:
		return Status{Title: b.Text(words.WhichRole), Sentence: b.Count(words.RoleCount, len(s.Roles))}
	case agent.SignedOn, agent.Renewing:
		return say(words.SignedOn, removalNote(s.Mode))
	case agent.Offline:
		return Status{Title: b.Text(words.ServerSilent), Sentence: b.Text(words.StillOn) + nextTry(b, s)}
	case agent.Locked:
		return Status{Title: b.Text(words.PutBack, "name", owner(s)), Sentence: b.Text(words.OrAnother)}
	default:
		return Status{Title: s.Phase.String()}
	}
}

// problem says what is wrong; the tries are told exactly where the card knows them.
func problem(b words.Book, s agent.Snapshot) Status {
	p := s.Problem
	text, next, ok := b.Failure(p.Code)
	if !ok {
		return Status{Title: string(p.Code), Sentence: b.Text(words.CodeToIT), Code: p.Code}
	}
	e, _ := failure.Lookup(p.Code)
	st := Status{Title: text, Sentence: next, Code: p.Code, Known: e.Known}
	switch p.Code {
	case failure.PINWrong:
		if p.Retries > 0 {
			st.Sentence = b.Text(words.TakeTime, "tries", b.Count(words.TriesLeft, p.Retries))
		}
	case failure.PINLast:
		st.Title, st.Sentence = b.Text(words.LastTitle), b.Text(words.LastSentence)
	case failure.PINLocked:
		st.Title, st.Sentence = b.Text(words.Locked), b.Text(words.LockedWhy)+" "+next
	case failure.CardExpired:
		if date, ok := ranOut(b, s); ok {
			st.Title = date
		}
	}
	if s.Phase == agent.Offline {
		st.Sentence = b.Text(words.YouStayOn) + " " + st.Sentence + nextTry(b, s)
	}
	if p.Ref != "" {
		st.Sentence += " " + b.Text(words.Reference, "ref", p.Ref)
	}
	return st
}

// ranOut says when the card ended, where it is known.
func ranOut(b words.Book, s agent.Snapshot) (string, bool) {
	if s.Card == nil || s.Card.Expires.IsZero() {
		return "", false
	}
	return b.Text(words.RanOut, "date", b.Date(s.Card.Expires)), true
}

// Person says who is signed on, in which role, since and until when.
func Person(b words.Book, s agent.Snapshot) string {
	if s.UID == "" {
		return ""
	}
	text := owner(s)
	if s.Role != nil {
		text += ", " + RoleName(*s.Role) + ", " + s.Role.OrgName
	}
	if !s.Since.IsZero() {
		text += ", " + hours(b, s)
	}
	return text
}

// hours are those of the session.
func hours(b words.Book, s agent.Snapshot) string {
	return b.Text(words.SinceUntil, "since", words.Clock(s.Since), "until", words.Clock(s.Until))
}

// Banner names the environment; everything but live is in capitals.
func Banner(b words.Book, e agent.Environment) string {
	if e.Live {
		return b.Text(words.LiveLower)
	}
	return b.Text(words.NotLive, "name", e.Name)
}

// holder is the name on the card, or what to do where it has none.
func holder(b words.Book, s agent.Snapshot) string {
	if s.Card != nil && s.Card.Label != "" {
		return s.Card.Label
	}
	return b.Text(words.TypePasscode)
}

func owner(s agent.Snapshot) string {
	if s.UserName != "" {
		return s.UserName
	}
	return string(s.UID)
}

func tries(b words.Book, s agent.Snapshot) string {
	if s.Card == nil || s.Card.Retries < 0 || s.Card.Retries > 2 {
		return ""
	}
	return ", " + b.Count(words.TriesLeft, s.Card.Retries)
}

func removalNote(m agent.Mode) words.Key {
	switch m {
	case agent.LockPersistence:
		return words.LocksOut
	case agent.Mobility:
		return words.StaysOn
	default:
		return words.OutEverywhere
	}
}

func nextTry(b words.Book, s agent.Snapshot) string {
	if s.NextTry.IsZero() {
		return ""
	}
	return " " + b.Text(words.NextTryAt, "time", s.NextTry.Local().Format(time.TimeOnly))
}

// trimStop takes the full stop off a sentence that becomes a title.
func trimStop(s string) string { return strings.TrimSuffix(s, ".") }
