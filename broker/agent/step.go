package agent

import (
	"errors"
	"slices"
	"time"

	"lanyard/broker/failure"
	"lanyard/card"
)

var errEncoded = errors.New("a state is never encoded")

// Pauses and ages.
const (
	// challengeAge is when a challenge is replaced; the server takes it for 5 minutes.
	challengeAge = 4 * time.Minute
	// firstPause and longestPause bound the pauses between tries.
	firstPause   = time.Second
	longestPause = time.Minute
	// aliveAtMost is the longest time between two keep alives.
	aliveAtMost = time.Minute
	// placesAge is when the other places are asked for anew by themselves.
	placesAge = 5 * time.Minute
	// defaultMax is how long a logout is owed for a session whose maximum time
	// the server did not tell.
	defaultMax = 10 * time.Hour
	// cardTries is how often a card that is busy or stumbles is read again.
	cardTries = 6
	// maxGrants is how many applications are shown.
	maxGrants = 50
	// maxOthers is how many other places are shown.
	maxOthers = 50
	// userChange is how soon after a card was taken out another person's card
	// is a change of user.
	userChange = time.Minute
)

// Step takes one input at a time and tells what is to be done. It is pure: it
// reads no clock, starts nothing and changes only the state it returns.
func Step(s State, in Input, now time.Time) (State, []Effect) {
	m := &move{State: s, now: now}
	m.take(in)
	return m.State, m.effects
}

// move is one step being made.
type move struct {
	State
	now     time.Time
	effects []Effect
}

func (m *move) take(in Input) {
	switch in := in.(type) {
	case CardEvent:
		m.looked = true
		if !m.stopping {
			m.readerEvent(in.Event)
		}
	case Asked:
		m.request(in.Request)
	case Stop:
		m.stop()
	case Fired:
		m.fired(in)
	case CardRead:
		m.cardRead(in)
	case Activated:
		m.activated(in)
	case Signed:
		m.signed(in)
	case KeysBegun:
		m.keysBegun(in)
	case Tended:
		m.tended(in)
	case Validated:
		m.validated(in)
	case Selected:
		m.selected(in)
	case KeptAlive:
		m.keptAlive(in)
	case Looked:
		m.lookedAt(in)
	case EndedElsewhere:
		m.endedElsewhere(in)
	case Noticed:
		m.noticed(in)
	case LoggedOut:
		m.loggedOut(in)
	}
}

func (m *move) do(e Effect) { m.effects = append(m.effects, e) }

// stop ends everything that can be ended.
func (m *move) stop() {
	m.endTry()
	m.forget()
	m.endSession(true)
	m.cards = nil
	m.stopping = true
}

// say sets the problem; a code that is empty clears it.
func (m *move) say(p Problem) {
	if p.Code == "" {
		m.problem = nil
		return
	}
	m.problem = &p
}

// arm starts a timer anew.
func (m *move) arm(t Timer, after time.Duration) {
	m.seq++
	m.armed[t] = m.seq
	m.due[t] = m.now.Add(after)
	m.do(Arm{Timer: t, Seq: m.seq, After: after})
}

// disarm stops a timer that runs.
func (m *move) disarm(ts ...Timer) {
	for _, t := range ts {
		if m.armed[t] != 0 {
			m.armed[t], m.due[t] = 0, time.Time{}
			m.do(Disarm{Timer: t})
		}
	}
}

// fired does what a timer was set for.
func (m *move) fired(in Fired) {
	if in.Timer < 0 || in.Timer >= timers || in.Seq == 0 || m.armed[in.Timer] != in.Seq {
		return
	}
	m.armed[in.Timer], m.due[in.Timer] = 0, time.Time{}
	switch in.Timer {
	case ChallengeTimer:
		m.use.act = nil
		m.fetch()
	case FetchTimer:
		m.fetch()
	case CardTimer:
		m.read()
	case SelectTimer:
		m.selectRole()
	case AliveTimer:
		m.touch()
	case MaxTimer:
		m.sessionOver(Problem{Code: failure.SessionEnded})
	case LogoutTimer:
		m.logOut()
	}
}

// pause is how long to wait after a number of failures: doubling, with jitter,
// at most longestPause.
func (m *move) pause(fails int) time.Duration {
	d := longestPause
	if fails < 1 {
		fails = 1
	}
	if fails <= 6 {
		d = min(firstPause<<(fails-1), longestPause)
	}
	return m.jitter(d, 0.5)
}

// jitter takes up to a share off a duration.
func (m *move) jitter(d time.Duration, share float64) time.Duration {
	return d - time.Duration(share*m.fraction()*float64(d))
}

// fraction is the next number from 0 to 1 of the state's own row (splitmix64).
func (m *move) fraction() float64 {
	m.random += 0x9e3779b97f4a7c15
	z := m.random
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11) / (1 << 53)
}

// contacted notes how a contact with the server went.
func (m *move) contacted(err error) Problem {
	m.contact = true
	p := ProblemOf(err)
	m.trouble = ""
	if unreachable(p.Code) || behind(p.Code) {
		m.trouble = p.Code
		return p
	}
	if m.problem != nil && (unreachable(m.problem.Code) || behind(m.problem.Code)) {
		m.problem = nil
	}
	m.logOut() // what is owed, now that the server answers
	return p
}

// without returns a list that lacks what match tells; the list is not changed.
func without[T any](list []T, match func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), match)
}

// isGen matches the card of a generation.
func isGen(g card.Generation) func(card.Event) bool {
	return func(e card.Event) bool { return e.Gen == g }
}
