package view

import (
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

// resting fills the window of a desk at which nobody works at the moment.
func resting(b words.Book, s agent.Snapshot, o Options, v *Session) {
	st := StatusOf(b, s)
	v.Rest = &Resting{Icon: IconOf(s), Title: trimStop(st.Title), Sentence: st.Sentence}
	waits := s.Problem == nil || s.Problem.Code == failure.UserAbort
	switch {
	case s.Looking:
		return
	case s.Phase == agent.Locked:
		locked(b, s, waits, v)
	case s.Phase == agent.NoReader:
		if s.Problem == nil || s.Problem.Code == failure.ReaderNone {
			v.Rest = &Resting{Icon: NoReaderIcon, Title: b.Text(words.PlugReader), Sentence: b.Text(words.NoReader)}
		}
		if o.Diagnostics {
			v.Right = append(v.Right, Button{b.Text(words.Diagnostics), ShowDiagnostics})
		}
	case s.Phase == agent.NoCard && s.Card != nil && !s.Unlock && waits:
		v.Rest = &Resting{Icon: NoCardIcon, Title: b.Text(words.NobodyOn), Sentence: b.Text(words.CardIsIn)}
		v.Filled = Button{b.Text(words.SignOn), Retry}
	case s.Phase == agent.ChoosingRole:
		v.Right = append(v.Right, Button{b.Text(words.SignOut), SignOut})
	}
}

// locked says how a kept session goes on, and who may end it: its owner may
// have gone home, and the desk is wanted.
func locked(b words.Book, s agent.Snapshot, waits bool, v *Session) {
	v.Rest = &Resting{Icon: LockedIcon, Title: b.Text(words.PutBack, "name", owner(s)), Sentence: b.Text(words.OrAnother)}
	switch {
	case s.Card == nil || !waits:
	case s.Card.UID != "" && s.Card.UID != s.UID:
		v.Filled = Button{b.Text(words.SignOn), Retry}
	default:
		v.Rest.Title, v.Rest.Sentence = b.Text(words.UnlockHere, "name", owner(s)), b.Text(words.UnlockSentence)
		v.Filled = Button{b.Text(words.UnlockDesk), Retry}
	}
	v.Rest.Second = b.Text(words.WhoSignsOut, "name", owner(s))
	v.Right = append(v.Right, Button{b.Text(words.SignOut), SignOut})
}
