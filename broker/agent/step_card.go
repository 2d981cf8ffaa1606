package agent

import (
	"bytes"
	"errors"
	"slices"

	"lanyard/broker/failure"
	"lanyard/card"
)

// readerEvent takes what a watcher tells.
func (m *move) readerEvent(e card.Event) {
	switch e.Kind {
	case card.ServiceUp:
		m.service = nil
		m.serviceProblemGone()
	case card.ServiceDown:
		p := serviceProblem(e.Err)
		m.service = &p
		for _, c := range m.cards {
			m.cardOut(c.Gen)
		}
		m.readers = nil
		m.say(p)
	case card.ReaderAdded:
		if !slices.Contains(m.readers, e.Reader) {
			m.readers = append(slices.Clone(m.readers), e.Reader)
		}
		m.serviceProblemGone()
	case card.ReaderRemoved:
		for _, c := range m.cards {
			if c.Reader == e.Reader {
				m.cardOut(c.Gen)
			}
		}
		m.readers = without(m.readers, func(r card.ReaderID) bool { return r == e.Reader })
	case card.Inserted, card.Mute:
		m.cardIn(e)
	case card.Removed:
		m.cardOut(e.Gen)
	}
}

// serviceProblemGone clears what a reader service that is back has cured.
func (m *move) serviceProblemGone() {
	if m.problem == nil {
		return
	}
	switch m.problem.Code {
	case failure.ReaderNone, failure.ReaderService, failure.ReaderDenied:
		m.problem = nil
	}
}

// cardIn takes a card that came in. It counts where none is in use; else it waits.
func (m *move) cardIn(e card.Event) {
	if e.Gen == 0 || slices.ContainsFunc(m.cards, isGen(e.Gen)) {
		return
	}
	m.cards = append(slices.Clone(m.cards), e)
	if !m.inUse() {
		m.count(e)
	}
}

// inUse tells whether the card that counts is being read, asked for, tended or
// signed on with. One that is idle gives way to a newer one, and so does that
// of a locked desk.
func (m *move) inUse() bool {
	switch {
	case m.use.stage == reading, m.try.kind != noAttempt, m.use.care.busy != NoCare:
		return true
	default:
		return m.on.serial != 0 && !m.on.locked && m.on.card != 0 && m.on.card == m.use.gen()
	}
}

// count makes a card the one that counts.
func (m *move) count(e card.Event) {
	m.forget()
	m.problem = nil
	m.seq++
	m.use = cardUse{seat: m.seq, event: e, came: m.now, before: m.personBefore()}
	if e.Kind == card.Mute {
		m.use.stage = unusable
		m.say(Problem{Code: failure.CardMute, Retries: -1, Detail: string(e.Reader)})
		return
	}
	m.read()
	if m.on.serial == 0 && !m.unlock || m.on.locked {
		m.fetch() // the challenge is there before the PIN is
	}
}

// read has the card that counts read, for the first time or again.
func (m *move) read() {
	if m.use.gen() == 0 || m.use.stage == reading {
		return
	}
	m.disarm(CardTimer)
	m.use.stage = reading
	m.do(Read{Seat: m.use.seat, Event: m.use.event})
}

// cardRead takes what was read.
func (m *move) cardRead(in CardRead) {
	if in.Seat != m.use.seat || m.use.stage != reading {
		return
	}
	keep, calm := m.use.keep, m.use.calm
	m.use.keep, m.use.calm = false, false
	m.use.facts = in.Facts
	if in.Err != nil {
		f := in.Facts // as far as it was read: whose card it is, and when it ended
		m.use.facts = Facts{Token: f.Token, Label: f.Label, Virtual: f.Virtual, Certs: f.Certs, Retries: -1}
		m.unreadable(in.Err)
		return
	}
	m.use.stage, m.use.tries = ready, 0
	if !keep {
		m.cardProblemGone()
	}
	m.timeUserChange()
	switch {
	case m.on.serial != 0 && m.changesUser(in.Facts.Key):
		m.endSession(true)
		m.beginIfUnlocked()
	case calm:
	case m.on.serial != 0 && m.on.locked:
		m.begin(resume)
	case m.on.serial != 0:
		m.on.card = m.use.gen()
	default:
		m.beginIfUnlocked()
	}
}

// changesUser tells whether the card that counts is not the session's, which is
// known only while that one is out or the desk is locked.
func (m *move) changesUser(k card.Key) bool {
	return (m.on.locked || m.on.card != m.use.gen()) && !m.sameCard(k)
}

// cardProblemGone clears a problem of an earlier reading.
func (m *move) cardProblemGone() {
	if m.problem != nil && transient(m.problem.Code) {
		m.problem = nil
	}
}

// unreadable takes a card that could not be read. What another program or the
// bus did passes, so the card is tried again for a while.
func (m *move) unreadable(err error) {
	m.use.stage = unusable
	m.use.tries++
	p := ProblemOf(err)
	if errors.Is(err, card.ErrRemoved) {
		return // the watcher tells
	}
	m.say(p)
	if transient(p.Code) && m.use.tries < cardTries {
		m.arm(CardTimer, m.pause(m.use.tries))
	}
}

// sameCard tells whether a key is the one that signed the session on.
func (m *move) sameCard(k card.Key) bool {
	return k.Cert != nil && bytes.Equal(k.Cert.Raw, m.on.cert)
}

// cardOut takes a card that left.
func (m *move) cardOut(g card.Generation) {
	m.cards = without(m.cards, isGen(g))
	if g == 0 {
		return
	}
	session := m.on.serial != 0 && m.on.card == g
	if g == m.use.gen() {
		m.usedCardOut()
	}
	if session {
		m.sessionCardOut()
	}
	m.countNext()
}

// usedCardOut takes that the card that counts left.
func (m *move) usedCardOut() {
	var why Problem
	switch {
	case m.use.care.busy != NoCare:
		why = Problem{Code: failure.PINUnknown, Retries: -1}
	case m.use.care.broken(m.use.stage):
		why = *m.use.care.problem
	case m.try.kind != noAttempt && m.try.stage != asking:
		why = Problem{Code: failure.CardRemoved, Retries: -1}
	}
	if m.use.facts.UID != "" {
		m.left = person{uid: m.use.facts.UID, till: m.now}
	}
	m.endTry()
	m.forget()
	m.say(why)
}

// countNext takes the newest of the cards that waited, at a locked desk that
// which it was locked with.
func (m *move) countNext() {
	if m.use.gen() != 0 || len(m.cards) == 0 {
		return
	}
	if m.on.serial == 0 {
		m.count(m.cards[len(m.cards)-1])
		return
	}
	if i := slices.IndexFunc(m.cards, isGen(m.on.card)); i >= 0 {
		m.count(m.cards[i])
	}
}

// sessionCardOut does what the site's mode says. What is asked of a copy of the
// card ends with the session.
func (m *move) sessionCardOut() {
	switch m.rules.Mode {
	case LockPersistence:
		m.on.card = 0
		m.on.locked = true
	case Mobility:
		m.on.card = 0
	default:
		m.endTry()
		m.endSession(true)
		m.unlock = m.rules.Mode == EnhancedNormal
	}
}

// forget drops the card that counts and all that is under way for it.
func (m *move) forget() {
	if m.use.gen() != 0 {
		m.do(Forget{Seat: m.use.seat})
	}
	m.disarm(ChallengeTimer, FetchTimer, CardTimer)
	m.use = cardUse{}
}
