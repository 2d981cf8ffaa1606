package agent

import (
	"time"

	"lanyard/broker"
	"lanyard/card"
)

// Measure is something that takes a person's time.
type Measure int

// The measures.
const (
	CardToQuestion Measure = iota // from a card to the question for its PIN
	PINToTicket                   // from the PIN to the session, without the choice of a role
	ChangeOfUser                  // from another person's card to the question for its PIN
	Measures                      // how many there are
)

// String names the measure for logs and files.
func (m Measure) String() string {
	if m < 0 || m >= Measures {
		return "measure-without-name"
	}
	return [...]string{"card-to-question", "pin-to-ticket", "change-of-user"}[m]
}

// measure notes how long something took; a clock that was set back tells nothing.
func (m *move) measure(what Measure, took time.Duration) {
	if took >= 0 {
		m.do(Measured{Measure: what, Took: took})
	}
}

// personBefore is who was at the desk when a card begins to count.
func (m *move) personBefore() broker.UID {
	switch {
	case m.on.serial != 0:
		return m.on.on.UID
	case m.left.uid != "" && m.now.Sub(m.left.till) <= userChange:
		return m.left.uid
	default:
		return ""
	}
}

// questionShown takes that the question of a card is to be seen: the first time
// counts.
func (m *move) questionShown(g card.Generation) {
	if g <= m.shown {
		return
	}
	m.shown, m.use.seen = g, m.now
	m.measure(CardToQuestion, m.now.Sub(m.use.came))
	m.timeUserChange()
}

// timeUserChange measures a change of user once the question was seen and it is
// known whose card it is.
func (m *move) timeUserChange() {
	if m.use.seen.IsZero() || m.use.stage != ready || m.use.before == "" {
		return
	}
	if m.use.before != m.use.facts.UID {
		m.measure(ChangeOfUser, m.use.seen.Sub(m.use.came))
	}
	m.use.before = ""
}
