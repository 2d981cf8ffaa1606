package agent

import (
	"slices"
	"time"

	"lanyard/broker/client"
	"lanyard/broker/failure"
)

// armAlive sets the next keep alive: a third of the idle time, at most a minute
// away, a fifth of it jitter.
func (m *move) armAlive() {
	d := aliveAtMost
	if idle := m.on.on.Idle; idle > 0 {
		d = min(d, max(idle/3, time.Second))
	}
	m.arm(AliveTimer, m.jitter(d, 0.2))
}

// touch keeps the session alive, or asks whether it is.
func (m *move) touch() {
	if m.on.serial == 0 || m.on.touching {
		return
	}
	if !m.on.until.IsZero() && !m.now.Round(0).Before(m.on.until.Round(0)) {
		m.sessionOver(Problem{Code: failure.SessionEnded, Retries: -1})
		return
	}
	m.disarm(AliveTimer)
	m.on.touching = true
	m.do(KeepAlive{Session: m.on.serial, On: m.on.on})
}

// keptAlive takes the answer. One that is not understood ends nothing.
func (m *move) keptAlive(in KeptAlive) {
	if in.Session != m.on.serial || !m.on.touching {
		return
	}
	m.on.touching = false
	p := m.contacted(in.Err)
	switch {
	case p.Code == failure.SessionEnded:
		m.sessionOver(p)
	case unreachable(p.Code):
		m.say(p)
		m.on.offline = true
		m.on.fails++
		m.arm(AliveTimer, m.pause(m.on.fails))
	default:
		if behind(p.Code) {
			m.say(p)
		}
		m.on.fails = 0
		m.backOnline()
		m.armAlive()
		m.lookAgain()
	}
}

// doubt has the session touched at once where a request did not reach the
// server: whether the desk is offline is not left to the next keep alive.
func (m *move) doubt(p Problem) {
	if unreachable(p.Code) && !m.on.offline {
		m.touch()
	}
}

// noticed takes what a request outside of the loop found out.
func (m *move) noticed(in Noticed) {
	if in.Session != m.on.serial {
		return
	}
	if p := ProblemOf(in.Err); p.Code == failure.SessionEnded {
		m.sessionOver(p)
		return
	}
	m.touch()
}

// backOnline notes that the server answers again.
func (m *move) backOnline() {
	if !m.on.offline {
		return
	}
	m.on.offline = false
	if !m.on.touching {
		m.armAlive()
	}
}

// sessionOver takes that the session is over at the server: the PIN is asked
// again where the card is in.
func (m *move) sessionOver(p Problem) {
	if m.on.serial == 0 {
		return
	}
	if m.try.kind != noAttempt && m.try.kind != signOn {
		m.try.kind = signOn // what is under way makes a new session
	}
	m.endSession(false)
	m.say(p)
	m.use.calm = false
	if m.use.stage == ready {
		m.beginIfUnlocked()
	}
	if m.use.stage == noCard && len(m.cards) > 0 {
		m.count(m.cards[len(m.cards)-1])
		m.say(p)
	}
}

// endSession forgets the session; owing says that the server must be told.
func (m *move) endSession(owing bool) {
	if m.on.serial == 0 {
		return
	}
	m.disarm(AliveTimer, SelectTimer, MaxTimer)
	m.do(Abandon{Session: m.on.serial})
	if owing {
		m.owe(m.on.serial, m.on.on, m.on.since.Add(maximum(m.on.on)))
	}
	m.on = session{}
	m.logOut()
}

// owe notes a logout.
func (m *move) owe(serial uint64, on *client.SignOn, until time.Time) {
	m.owed = append(slices.Clone(m.owed), owed{serial: serial, on: on, until: until})
}

// logOut tells the server of every session that is over and that it does not
// know of yet.
func (m *move) logOut() {
	m.owed = without(m.owed, func(o owed) bool { return !o.busy && !m.now.Before(o.until) })
	m.disarm(LogoutTimer)
	for i := range m.owed {
		if o := &m.owed[i]; !o.busy {
			o.busy = true
			m.do(Logout{Session: o.serial, On: o.on})
		}
	}
}

// loggedOut takes the answer. A refusal settles it as well: the server knows
// no such session. Else it is tried again until the session is over by itself.
func (m *move) loggedOut(in LoggedOut) {
	i := slices.IndexFunc(m.owed, func(o owed) bool { return o.serial == in.Session && o.busy })
	if i < 0 {
		return
	}
	p := ProblemOf(in.Err)
	if in.Err == nil || settled(p.Code) {
		m.owed = without(m.owed, func(o owed) bool { return o.serial == in.Session })
		m.contacted(in.Err)
		return
	}
	m.contact, m.trouble = true, p.Code
	m.owed = slices.Clone(m.owed)
	m.owed[i].busy = false
	m.owed[i].fails++
	m.arm(LogoutTimer, m.pause(m.owed[i].fails))
}
