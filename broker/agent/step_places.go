package agent

import (
	"slices"

	"lanyard/broker"
	"lanyard/broker/failure"
)

// fitsPlaces tells whether a request about other places can be taken now.
func (s State) fitsPlaces(r Request) bool {
	switch r := r.(type) {
	case LookForPlaces:
		return s.usable()
	case EndPlace:
		return s.usable() && s.on.places.Ending == "" && slices.ContainsFunc(s.on.places.Others, isPlace(r.ID))
	default:
		return false
	}
}

// isPlace matches the place of an id.
func isPlace(id string) func(broker.Place) bool {
	return func(p broker.Place) bool { return p.ID == id }
}

// placesRequest does what was asked for about other places.
func (m *move) placesRequest(r Request) {
	switch r := r.(type) {
	case LookForPlaces:
		m.on.places.Problem = nil
		m.look()
	case EndPlace:
		m.on.places.Problem = nil
		m.on.places.Ending = r.ID
		m.do(EndElsewhere{Session: m.on.serial, Ticket: m.on.on.Ticket, ID: r.ID})
	}
}

// look asks where else the user is signed on.
func (m *move) look() {
	if m.usable() && !m.on.looking {
		m.on.looking = true
		m.do(Look{Session: m.on.serial, Ticket: m.on.on.Ticket})
	}
}

// lookedAt takes the answer. One that did not come leaves what was known.
func (m *move) lookedAt(in Looked) {
	if in.Session != m.on.serial || !m.on.looking {
		return
	}
	m.on.looking = false
	p := m.contacted(in.Err)
	switch {
	case p.Code == failure.SessionEnded:
		m.sessionOver(p)
	case in.Err != nil:
		m.on.places.Problem = &p
		m.doubt(p)
	default:
		others := without(in.Places, func(p broker.Place) bool { return p.This })
		slices.SortStableFunc(others, func(a, b broker.Place) int { return b.Created.Compare(a.Created) })
		others = others[:min(len(others), maxOthers)]
		m.on.places = PlacesView{At: m.now, Others: others, Ending: m.on.places.Ending}
	}
}

// endedElsewhere takes what became of another place; what is left is asked for
// anew. That a session is over may mean the other or this one.
func (m *move) endedElsewhere(in EndedElsewhere) {
	if in.Session != m.on.serial || m.on.places.Ending != in.ID || in.ID == "" {
		return
	}
	m.on.places.Ending, m.on.places.Problem = "", nil
	p := m.contacted(in.Err)
	switch {
	case in.Err == nil:
		m.on.places.Others = without(m.on.places.Others, isPlace(in.ID))
		m.look()
	case p.Code == failure.SessionEnded:
		m.on.places.Others = without(m.on.places.Others, isPlace(in.ID))
		m.look() // it tells whether this one goes on
	default:
		m.on.places.Problem = &p
		m.doubt(p)
	}
}

// lookAgain asks anew once the last answer is old, so that a sign-on in another
// place is heard of while no window asks.
func (m *move) lookAgain() {
	if at := m.on.places.At; !at.IsZero() && m.now.Sub(at) >= placesAge {
		m.look()
	}
}
