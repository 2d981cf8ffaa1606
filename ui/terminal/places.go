package terminal

import (
	"context"
	"strconv"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/ui/words"
)

// lookForPlaces has the server asked where else the person is signed on; the
// answer is printed when it comes.
func (s *sitting) lookForPlaces(ctx context.Context, r agent.Request) error {
	s.awaits, s.placesAt = true, s.snap.Places
	return s.do(ctx, r)
}

// placesCame prints the places that were asked for.
func (s *sitting) placesCame() {
	p := s.snap.Places
	told := !p.At.Equal(s.placesAt.At) || p.Problem != nil && p.Problem != s.placesAt.Problem
	if !s.awaits || !told || p.Ending != "" || s.question != nothing {
		return
	}
	s.awaits = false
	s.endLine()
	switch {
	case p.Problem != nil:
		text, _, _ := s.desk.Words.Failure(p.Problem.Code)
		s.print("  %s [%s]\n", text, p.Problem.Code)
	case len(p.Others) == 0:
		s.print("  %s: %s\n", s.text(words.PlacesHead), s.text(words.PlacesNone))
	default:
		for i, o := range p.Others {
			s.print("  %2d  %s\n", i+1, s.text(words.TermPlace,
				"place", s.placeName(o), "time", words.Clock(o.Created), "date", s.desk.Words.Date(o.Created)))
		}
		s.open(forPlace)
	}
}

// placeName is what a place is known by: the machine, else the program.
func (s *sitting) placeName(p broker.Place) string {
	switch {
	case p.Device != "":
		return p.Device
	case p.Client != "":
		return p.Client
	default:
		return s.text(words.PlaceUnnamed)
	}
}

// endPlace signs out in the place of the number that was typed.
func (s *sitting) endPlace(ctx context.Context) error {
	typed := string(s.typed[:s.n])
	others := s.snap.Places.Others
	if typed == "" {
		s.leave()
		return nil
	}
	i, err := strconv.Atoi(typed)
	if err != nil || i < 1 || i > len(others) {
		s.print("  %s\n", s.text(words.TermNoPlace))
		s.open(forPlace)
		return nil
	}
	s.leave()
	return s.lookForPlaces(ctx, agent.EndPlace{ID: others[i-1].ID})
}
