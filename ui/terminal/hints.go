package terminal

import (
	"context"
	"strings"

	"lanyard/broker/agent"
	"lanyard/ui/words"
)

// hint is a key that does something while nothing is asked.
type hint struct {
	key  byte
	name words.Key
	do   func(ctx context.Context) error
}

// hints are the keys of the moment, in the order in which they are shown.
func (s *sitting) hints() []hint {
	snap := s.snap
	on := snap.Phase == agent.SignedOn || snap.Phase == agent.Offline
	idle := snap.Card != nil && !snap.Unlock && (snap.Phase == agent.NoCard || snap.Phase == agent.Locked)
	var hs []hint
	add := func(fits bool, key byte, name words.Key, do func(context.Context) error) {
		if fits {
			hs = append(hs, hint{key, name, do})
		}
	}
	ask := func(r agent.Request) func(context.Context) error {
		return func(ctx context.Context) error { return s.do(ctx, r) }
	}
	add(idle && snap.Phase == agent.NoCard, '\r', words.TermKeySignOn, ask(agent.AskPIN{}))
	add(idle && snap.Phase == agent.Locked, '\r', words.TermKeyGoOn, ask(agent.AskPIN{}))
	add(on && len(snap.Roles) > 1, 'r', words.TermKeyRole, func(context.Context) error {
		s.printRoles(snap.Roles)
		s.open(forRole)
		return nil
	})
	add(on, 'l', words.TermKeyLock, ask(agent.Lock{}))
	add((on || idle) && snap.Card != nil, 'c', words.TermKeyCard, func(context.Context) error { s.printCard(); return nil })
	add(on, 'w', words.TermKeyPlaces, func(ctx context.Context) error { return s.lookForPlaces(ctx, agent.LookForPlaces{}) })
	add(on || snap.Phase == agent.Locked, 'o', words.TermKeyOut, ask(agent.SignOut{}))
	return append(hs, hint{'q', words.TermKeyLeave, func(context.Context) error { return errDone }})
}

// cardKeys are the keys that set another passcode.
func (s *sitting) cardKeys() (hs []hint) {
	c := s.snap.Care
	if s.snap.Card == nil || c.Busy != agent.NoCare {
		return nil
	}
	tend := func(k agent.CareKind) func(context.Context) error {
		return func(context.Context) error { s.begin(k); return nil }
	}
	if c.CanChange {
		hs = append(hs, hint{'p', words.TermKeyChange, tend(agent.PINChange)})
	}
	if c.CanUnblock {
		hs = append(hs, hint{'u', words.TermKeyPUK, tend(agent.CardUnblock)})
	}
	return hs
}

// printHints prints the keys where there is more to do than to leave.
func (s *sitting) printHints() {
	if hs := s.hints(); s.question == nothing && len(hs) > 1 {
		s.printKeys(hs)
	}
}

// printKeys prints keys in one line.
func (s *sitting) printKeys(hs []hint) {
	var names []string
	for _, h := range hs {
		key := string(h.key)
		if h.key == '\r' {
			key = "Enter"
		}
		names = append(names, key+" "+s.text(h.name))
	}
	if len(names) > 0 {
		s.print("  %s\n", s.text(words.TermKeys, "keys", strings.Join(names, ", ")))
	}
}

// shortcut handles a key while nothing is asked.
func (s *sitting) shortcut(ctx context.Context, b byte) error {
	switch b {
	case '\n':
		b = '\r'
	case 0x03:
		b = 'q'
	}
	if b == '\r' && readerRests(s.snap) {
		return s.do(ctx, agent.StartKeypad{Gen: s.gen})
	}
	for _, h := range append(s.hints(), s.cardKeys()...) {
		if h.key == b {
			return h.do(ctx)
		}
	}
	return nil
}
