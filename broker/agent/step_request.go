package agent

import (
	"errors"
	"fmt"
	"slices"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/card"
)

// ErrPhase is a request that does not fit where the desk stands.
var ErrPhase = errors.New("request does not fit the state of the desk")

// Fits tells whether a request can be taken now. The error is [ErrPhase].
func (s State) Fits(r Request) error {
	ok := false
	switch r := r.(type) {
	case SubmitPIN:
		ok = s.takesPIN() && r.Gen == s.use.gen() && r.PIN != nil
	case CancelPIN:
		ok = s.try.kind != noAttempt && s.try.stage == asking && r.Gen == s.use.gen()
	case AskPIN:
		ok = s.canAsk()
	case ChooseRole:
		ok = s.canChoose(r)
	case SignOut:
		ok = s.on.serial != 0
	case SignOnAgain:
		ok = s.Phase() == SignedOn && s.on.card != 0 && s.on.card == s.use.gen() && s.use.stage == ready
	case Granted:
		ok = s.on.serial != 0 && !s.on.locked && s.on.role != ""
	case TryNow, DesktopUnlocked:
		ok = true
	default:
		ok = s.fitsCare(r) || s.fitsPlaces(r)
	}
	if !ok || s.stopping {
		return fmt.Errorf("%w: %T while %s", ErrPhase, r, s.Phase())
	}
	return nil
}

// canAsk tells whether the question for the PIN can be opened.
func (s State) canAsk() bool {
	idle := (s.use.stage == ready || s.use.stage == unusable) && s.use.care.busy == NoCare
	if s.heldOnKeys() {
		return true
	}
	return idle && s.try.kind == noAttempt && !s.unlock && (s.on.serial == 0 || s.on.locked)
}

// canChoose tells whether a role can be selected.
func (s State) canChoose(r ChooseRole) bool {
	offered := slices.ContainsFunc(s.on.roles, func(v RoleView) bool { return v.ID == r.ID })
	known := r.Mode == broker.LiveMode || r.Mode == broker.TrainingMode
	return s.on.serial != 0 && !s.on.locked && offered && known
}

// request takes a request; one that does not fit changes nothing.
func (m *move) request(r Request) {
	if m.Fits(r) != nil {
		for _, p := range pinsOf(r) {
			m.do(Wipe{PIN: p})
		}
		return
	}
	switch r := r.(type) {
	case SubmitPIN:
		m.pinTyped(r.PIN)
	case CancelPIN:
		m.endTry()
		m.say(Problem{Code: failure.UserAbort, Retries: -1})
	case AskPIN:
		m.askPIN()
	case ChooseRole:
		m.on.want, m.on.wantMode = r.ID, r.Mode
		m.selectRole()
	case SignOut:
		m.signOut()
	case SignOnAgain:
		m.problem = nil
		m.use.hold = false
		m.begin(renew)
	case Granted:
		m.granted(r.Application)
	case TryNow:
		m.tryNow()
	case DesktopUnlocked:
		m.unlocked()
	case Lock:
		m.on.locked = true
	default:
		m.careRequest(r)
		m.placesRequest(r)
	}
}

// pinsOf are the PINs that a request hands over.
func pinsOf(r Request) (pins []*card.PIN) {
	switch r := r.(type) {
	case SubmitPIN:
		pins = []*card.PIN{r.PIN}
	case ChangePIN:
		pins = []*card.PIN{r.Old, r.New}
	case Unblock:
		pins = []*card.PIN{r.PUK, r.New}
	}
	return without(pins, func(p *card.PIN) bool { return p == nil })
}

// askPIN opens the question again; a card that could not be read is read again.
func (m *move) askPIN() {
	m.problem = nil
	m.use.hold = false
	if m.try.kind != noAttempt {
		m.askOnKeys()
		return
	}
	if m.use.stage == unusable {
		m.use.tries = 0
		m.read()
		return
	}
	if m.use.facts.Retries == 0 {
		m.read() // it may have been unlocked elsewhere
		return
	}
	if m.on.locked {
		m.begin(resume)
		return
	}
	m.begin(signOn)
}

// signOut ends the session; the card may stay in and is not asked for.
func (m *move) signOut() {
	m.endTry()
	m.problem = nil
	m.endSession(true)
}

// granted notes an application, the newest first.
func (m *move) granted(application string) {
	g := append([]Grant{{Application: application, At: m.now}}, m.on.grants...)
	m.on.grants = g[:min(len(g), maxGrants)]
}

// unlocked takes that the operating system was unlocked.
func (m *move) unlocked() {
	if !m.unlock {
		return
	}
	m.unlock = false
	if m.on.serial == 0 {
		m.begin(signOn)
	}
}

// tryNow cuts every pause short.
func (m *move) tryNow() {
	if m.armed[CardTimer] != 0 {
		m.read()
	}
	if m.armed[FetchTimer] != 0 {
		m.fetch()
	}
	if m.armed[SelectTimer] != 0 {
		m.selectRole()
	}
	if m.on.offline {
		m.touch()
	}
	if m.armed[LogoutTimer] != 0 {
		m.logOut()
	}
}
