package agent

import (
	"cmp"
	"errors"
	"time"

	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

// beginIfUnlocked asks for the PIN unless the desktop must be unlocked before.
func (m *move) beginIfUnlocked() {
	if !m.unlock {
		m.begin(signOn)
	}
}

// begin asks for the PIN, unless no try is left.
func (m *move) begin(k attemptKind) {
	if m.stopping || m.use.stage != ready || m.try.kind != noAttempt {
		return
	}
	if m.use.facts.Retries == 0 {
		m.say(Problem{Code: failure.PINLocked})
		return
	}
	m.try = attempt{kind: k}
	m.fetch()
	m.askOnKeys()
}

// endTry ends the attempt; what it holds is wiped.
func (m *move) endTry() {
	if m.try.pin != nil {
		m.do(Wipe{PIN: m.try.pin})
	}
	m.try = attempt{}
	m.disarm(FetchTimer)
}

// fresh tells whether the challenge can still be signed. Wall time counts: the
// monotonic clock stands still while the machine sleeps.
func (m *move) fresh() bool {
	age := m.now.Round(0).Sub(m.use.got.Round(0))
	return m.use.act != nil && age >= 0 && age < challengeAge
}

// challengeNeeded tells whether a person is or may soon be asked for the PIN.
func (m *move) challengeNeeded() bool {
	return m.use.stage == reading || m.try.kind != noAttempt && m.try.stage == asking
}

// fetch gets a challenge where one is needed and none is on its way.
func (m *move) fetch() {
	if !m.challengeNeeded() || m.use.fetching || m.fresh() {
		return
	}
	m.disarm(FetchTimer, ChallengeTimer)
	m.use.act, m.use.fetching = nil, true
	m.do(Activate{Seat: m.use.seat})
}

// activated takes a challenge.
func (m *move) activated(in Activated) {
	if in.Seat != m.use.seat || !m.use.fetching {
		return
	}
	m.use.fetching = false
	p := m.contacted(in.Err)
	if in.Err != nil {
		m.notActivated(p)
		return
	}
	m.use.fetches = 0
	m.use.act, m.use.got = in.Activation, m.now
	m.arm(ChallengeTimer, challengeAge)
	if m.try.pin != nil {
		m.sign(m.try.pin)
	}
	m.askOnKeys()
}

// notActivated takes that there is no challenge. A PIN that waited for it is
// wiped unused; the question stays open and the server is tried again, unless
// what it said ends the sign-on.
func (m *move) notActivated(p Problem) {
	if !m.challengeNeeded() {
		return
	}
	m.use.fetches++
	m.say(p)
	if m.try.pin != nil {
		m.do(Wipe{PIN: m.try.pin})
		m.try.pin = nil
	}
	switch p.Code {
	case failure.ServerRedirect, failure.ServerChallenge:
		m.endTry()
	default:
		m.arm(FetchTimer, m.pause(m.use.fetches))
	}
}

// pinTyped takes a PIN that fits the question.
func (m *move) pinTyped(pin *card.PIN) {
	if err := pin.Check(); err != nil {
		m.do(Wipe{PIN: pin})
		m.say(ProblemOf(err))
		return
	}
	m.problem = nil
	m.try.typed = m.now
	if m.fresh() {
		m.sign(pin)
		return
	}
	m.try.pin = pin
	m.fetch()
}

// sign hands the PIN to the card. The challenge is spent with it.
func (m *move) sign(pin *card.PIN) {
	m.disarm(ChallengeTimer, FetchTimer)
	m.try.pin, m.try.stage = nil, signing
	m.do(Sign{
		Seat: m.use.seat, Key: m.use.facts.Key, PIN: pin,
		Activation: m.use.act, Resume: m.try.kind == resume, Keypad: m.use.facts.Keypad,
	})
}

// signed takes what the card made of it.
func (m *move) signed(in Signed) {
	if in.Seat != m.use.seat || m.try.kind == noAttempt || m.try.stage != signing {
		return
	}
	m.try.until = time.Time{}
	if in.Err != nil {
		m.notSigned(in.Err)
		return
	}
	m.use.facts.Retries = -1 // all of them again; how many that is, only the card knows
	act := m.use.act
	m.use.act = nil
	if m.try.kind == resume {
		m.resumed()
		return
	}
	m.try.stage = validating
	m.do(Validate{Seat: in.Seat, Activation: act, UID: m.use.facts.UID, Answer: in.Answer})
}

// resumed takes the lock off: the key of the session's own certificate signed
// a fresh challenge.
func (m *move) resumed() {
	m.endTry()
	m.problem = nil
	m.on.locked = false
	m.on.card = m.use.gen()
	if m.on.places.At.IsZero() {
		m.look() // it was locked before it could be asked
	}
	if m.on.fails > 0 || m.on.offline {
		m.touch()
	}
}

// notSigned tells apart what a person can type again, what needs the card read
// again, and what ends the attempt. A PIN is never sent again by itself.
func (m *move) notSigned(err error) {
	p := ProblemOf(err)
	if p.Code == failure.CardSlow && m.onKeys() {
		p.Code = failure.UserAbort // nobody typed on the reader
	}
	m.use.hold = true
	m.say(p)
	var wrong *card.PINError
	if errors.As(err, &wrong) {
		m.use.facts.Retries = wrong.Retries
	}
	kind := m.try.kind
	m.try.stage = asking
	switch p.Code {
	case failure.PINLocked:
		m.use.facts.Retries = 0
		m.endTry()
	case failure.CardOther, failure.CardRemoved, failure.CardNoKey, failure.UserAbort:
		m.endTry()
	case failure.PINUnknown, failure.CardReset, failure.CardMute, failure.CardSlow, failure.CardDamaged,
		failure.ModuleHung, failure.ModuleCrashed:
		m.endTry()
		m.again(kind)
	default:
		m.keepChallenge()
	}
}

// keepChallenge goes on with a challenge that nothing was signed for.
func (m *move) keepChallenge() {
	if !m.fresh() {
		m.fetch()
		return
	}
	m.arm(ChallengeTimer, challengeAge-m.now.Round(0).Sub(m.use.got.Round(0)))
}

// again reads the card anew, tells what is wrong meanwhile, and asks afterwards.
func (m *move) again(kind attemptKind) {
	m.use.keep = true
	m.use.stage = ready
	if kind == renew {
		return // the session goes on; the person asks again
	}
	m.read()
}

// validated takes a session. One that comes for a card that is gone is logged
// out at once: nobody else could.
func (m *move) validated(in Validated) {
	if in.Seat != m.use.seat || m.try.kind == noAttempt || m.try.stage != validating {
		if in.On != nil {
			m.seq++
			m.owe(m.seq, in.On, m.now.Add(maximum(in.On)))
			m.logOut()
		}
		return
	}
	p := m.contacted(in.Err)
	if in.Err != nil || in.On == nil {
		m.notValidated(p)
		return
	}
	if !m.try.typed.IsZero() {
		m.measure(PINToTicket, m.now.Sub(m.try.typed))
	}
	renewed := m.try.kind == renew
	want, mode := m.on.role, m.on.mode
	m.endTry()
	m.endSession(true)
	m.start(in, renewed)
	if renewed && m.hasRole(want) {
		m.on.want, m.on.wantMode = want, mode
	}
	if m.on.want != "" {
		m.selectRole()
	}
}

// notValidated tells apart what a new try may cure and what it cannot.
func (m *move) notValidated(p Problem) {
	m.say(p)
	m.try.stage = asking
	m.use.hold = true
	switch {
	case unreachable(p.Code), behind(p.Code), p.Code == failure.ChallengeStale, p.Code == failure.Internal:
		m.fetch()
	default:
		m.endTry()
	}
}

// start makes a session of what the server gave.
func (m *move) start(in Validated, renewed bool) {
	m.seq++
	m.problem = nil
	m.on = session{
		serial: m.seq, on: in.On, card: m.use.gen(), token: m.use.facts.Token,
		roles: rolesOf(in.On.Roles, in.Uses), renewed: renewed, since: m.now,
	}
	if c := m.use.facts.Key.Cert; c != nil {
		m.on.cert = c.Raw
	}
	if in.On.Max > 0 {
		m.on.until = m.now.Add(in.On.Max)
		m.arm(MaxTimer, in.On.Max)
	}
	m.armAlive()
	switch len(m.on.roles) {
	case 0:
		m.endSession(true)
		m.say(Problem{Code: failure.UserNoRole, Retries: -1})
	case 1:
		m.on.want = m.on.roles[0].ID // one role is no question
	}
}

// maximum is how long a session can live at the server.
func maximum(on *client.SignOn) time.Duration { return cmp.Or(max(on.Max, 0), defaultMax) }
