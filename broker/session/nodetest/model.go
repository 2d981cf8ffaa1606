package nodetest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
)

// kind is what was done to a session.
type kind int

// The kinds. A role that is selected is two steps: from the first one on nodes
// may know of it, after the second one all do. An end is one step: a session
// that one node refuses is served by none.
const (
	create kind = iota
	look
	end
	roleBegins
	roleHolds
)

// step is one thing that was done, and what the caller was told.
type step struct {
	kind    kind
	session string
	role    string // seen, or selected
	over    bool   // the answer was that the session is over
	unknown bool   // there was no answer
}

func (s step) String() string {
	name := [...]string{"create", "look", "end", "role begins", "role holds"}[s.kind]
	switch {
	case s.unknown:
		return name + " " + s.role + " -> unknown"
	case s.over:
		return name + " -> over"
	default:
		return name + " -> " + s.role
	}
}

// state is a session as it is.
type state struct {
	phase   phase
	role    string
	pending string // roles that are being selected, each with a comma behind it
}

type phase int

const (
	none phase = iota
	live
	ended
)

// apply tells whether a step may happen in a state, and what comes of it.
func (s state) apply(do step) (bool, state) {
	if do.over {
		return s.phase == ended, s
	}
	switch do.kind {
	case create:
		return s.phase == none, state{phase: live}
	case look:
		return s.phase == live && (do.role == s.role || strings.Contains(s.pending, do.role+",")), s
	case end:
		if s.phase != live {
			return do.unknown, s
		}
		return true, state{phase: ended}
	case roleBegins:
		if s.phase != live {
			return do.unknown, s
		}
		s.pending = with(s.pending, do.role)
		return true, s
	default: // roleHolds
		if s.phase != live {
			return true, s
		}
		if !strings.Contains(s.pending, do.role+",") {
			return false, s
		}
		s.role, s.pending = do.role, strings.Replace(s.pending, do.role+",", "", 1)
		return true, s
	}
}

func with(list, role string) string {
	all := append(strings.SplitAfter(list, ","), role+",")
	slices.Sort(all)
	return strings.Join(all, "")
}

// model is that of one session; sessions have nothing to do with each other.
func model() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			by := map[string][]porcupine.Operation{}
			for _, o := range history {
				by[o.Input.(step).session] = append(by[o.Input.(step).session], o)
			}
			var all [][]porcupine.Operation
			for _, one := range by {
				all = append(all, one)
			}
			return all
		},
		Init: func() any { return state{} },
		Step: func(s, input, _ any) (bool, any) {
			ok, next := s.(state).apply(input.(step))
			return ok, next
		},
		DescribeOperation: func(input, _ any) string { return input.(step).String() },
		DescribeState:     func(s any) string { return fmt.Sprintf("%+v", s) },
	}
}

// openEnd is when a step ends whose outcome is unknown.
const openEnd = math.MaxInt64
