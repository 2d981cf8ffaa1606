package agent

import (
	"errors"

	"lanyard/broker/failure"
	"lanyard/card"
)

// fitsCare tells whether a request of the card's holder can be taken now.
func (s State) fitsCare(r Request) bool {
	switch r := r.(type) {
	case ChangePIN:
		return s.tendable(r.Gen) && r.Old != nil && r.New != nil && s.use.facts.CanChange && s.use.facts.Retries != 0
	case Unblock:
		return s.tendable(r.Gen) && r.PUK != nil && r.New != nil && s.use.facts.CanUnblock
	case StartKeypad:
		return r.Gen == s.use.gen() && s.waitsForKeys() && !s.try.keys
	case Shown:
		return r.Gen != 0 && r.Gen == s.use.gen()
	case Lock:
		p := s.Phase()
		return p == SignedOn || p == Offline
	default:
		return false
	}
}

// tendable tells whether the card of a generation can be given a new PIN now.
func (s State) tendable(g card.Generation) bool {
	return g == s.use.gen() && s.use.stage == ready && s.use.care.busy == NoCare &&
		(s.try.kind == noAttempt || s.try.stage == asking)
}

// careRequest does what the card's holder asked for.
func (m *move) careRequest(r Request) {
	switch r := r.(type) {
	case ChangePIN:
		m.tend(PINChange, r.Old, r.New)
	case Unblock:
		m.tend(CardUnblock, r.PUK, r.New)
	case StartKeypad:
		m.problem = nil
		m.try.keys = true
		m.askOnKeys()
	case Shown:
		m.questionShown(r.Gen)
	}
}

// tend has the card set a new PIN. A PIN that waited for its challenge is wiped:
// it may be the old one by the time that comes.
func (m *move) tend(k CareKind, secret, fresh *card.PIN) {
	if m.try.pin != nil {
		m.do(Wipe{PIN: m.try.pin})
		m.try.pin = nil
	}
	if err := errors.Join(secret.Check(), fresh.Check()); err != nil {
		m.do(Wipe{PIN: secret})
		m.do(Wipe{PIN: fresh})
		m.notTended(k, ProblemOf(err))
		return
	}
	m.use.care = care{busy: k}
	m.do(Tend{Seat: m.use.seat, Kind: k, Secret: secret, New: fresh})
}

// tended takes what the card made of it.
func (m *move) tended(in Tended) {
	if in.Seat != m.use.seat || m.use.care.busy != in.Kind || in.Kind == NoCare {
		return
	}
	if in.Err != nil {
		m.refusedTending(in.Kind, in.Err)
	} else {
		m.use.care = care{done: in.Kind}
		m.use.facts.Retries = in.Retries
		if in.Retries == 0 {
			m.use.facts.Retries = -1 // a card that took a new PIN is not locked
		}
		m.pinProblemGone()
	}
	m.askOnKeys()
}

// pinProblemGone clears what a new PIN has cured.
func (m *move) pinProblemGone() {
	if m.problem == nil {
		return
	}
	switch m.problem.Code {
	case failure.PINLocked, failure.PINWrong, failure.PINLast, failure.PINUnknown:
		m.problem = nil
	}
}

// refusedTending notes the tries that are left. A card that may have taken the
// secret is read again; nothing is sent a second time.
func (m *move) refusedTending(k CareKind, err error) {
	p := ProblemOf(err)
	m.notTended(k, p)
	var wrong *card.PINError
	if errors.As(err, &wrong) {
		m.use.facts.Retries = wrong.Retries
	}
	switch p.Code {
	case failure.PINLocked:
		m.use.facts.Retries = 0
		m.endTry()
		if !m.usable() {
			m.say(p)
		}
	case failure.PINUnknown, failure.CardReset, failure.CardMute, failure.CardSlow, failure.CardDamaged,
		failure.ModuleHung, failure.ModuleCrashed:
		m.use.calm = m.try.kind == noAttempt || m.try.kind == renew
		m.endTry()
		m.use.hold = true
		m.use.keep = true
		m.read()
	}
}

// broken tells whether a new PIN came to nothing because the card left, which
// the card told before the reader did.
func (c care) broken(s cardStage) bool {
	if c.problem == nil {
		return false
	}
	return c.problem.Code == failure.CardRemoved || c.problem.Code == failure.PINUnknown && s != ready
}

// notTended notes why there is no new PIN.
func (m *move) notTended(k CareKind, p Problem) {
	m.use.care = care{refused: k, problem: &p}
}
