package view

import (
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/ui/words"
)

// How many rows the two lists show before they only count.
const (
	grantsShown = 6
	placesShown = 3
)

// Using is the list of applications that took a ticket.
type Using struct {
	Head   string
	Grants []Grant
	None   string
	More   string // "and 3 more"; empty where all are shown
}

// Grant is an application that took a ticket.
type Grant struct{ Application, At string }

func usingOf(b words.Book, s agent.Snapshot) *Using {
	v := &Using{Head: b.Text(words.UsingSignOn)}
	for i, g := range s.Grants {
		if i == grantsShown {
			v.More = b.Count(words.GrantsMore, len(s.Grants)-i)
			break
		}
		v.Grants = append(v.Grants, Grant{Application: g.Application, At: words.Clock(g.At)})
	}
	if len(v.Grants) == 0 {
		v.None = b.Text(words.NoneYet)
	}
	return v
}

// Places is where else the person is signed on.
type Places struct {
	Head  string
	Rows  []Place
	None  string // why there is no row
	Code  string // of what kept the server from telling; empty for none
	Again Button // asks the server once more
	More  string // "and 2 more places"; empty where all are shown
}

// Place is one other place.
type Place struct {
	ID    string
	Name  string
	Since string
	End   Button // without an action while it is being ended
	Label string // of the button: it names the place
}

func placesOf(b words.Book, s agent.Snapshot, now time.Time) *Places {
	p := s.Places
	v := &Places{Head: b.Text(words.PlacesHead)}
	for i, o := range p.Others {
		if i == placesShown {
			v.More = b.Count(words.PlacesMore, len(p.Others)-i)
			break
		}
		row := Place{ID: o.ID, Name: placeName(b, o), Since: since(b, o.Created, now), End: Button{b.Text(words.EndThere), EndPlace}}
		row.Label = b.Text(words.EndAt, "place", row.Name, "time", row.Since)
		if p.Ending == o.ID {
			row.End = Button{Text: b.Text(words.EndingThere)}
		}
		v.Rows = append(v.Rows, row)
	}
	switch {
	case p.Problem != nil:
		if text, _, ok := b.Failure(p.Problem.Code); ok {
			v.None = text
		}
		v.Code, v.Again = string(p.Problem.Code), Button{b.Text(words.LookAgain), LookForPlaces}
	case len(v.Rows) > 0:
	case p.At.IsZero() && s.Phase == agent.Offline:
		v.None = b.Text(words.StateNotReached)
	case p.At.IsZero():
		v.None = b.Text(words.PlacesAsked)
	default:
		v.None = b.Text(words.PlacesNone)
	}
	return v
}

// placeName is what a place is known by: the machine, else the program.
func placeName(b words.Book, p broker.Place) string {
	switch {
	case p.Device != "":
		return p.Device
	case p.Client != "":
		return p.Client
	default:
		return b.Text(words.PlaceUnnamed)
	}
}

// since says from when: the time of day, with the day where it is not today.
func since(b words.Book, at, now time.Time) string {
	y, m, d := now.Local().Date()
	if at.Before(time.Date(y, m, d, 0, 0, 0, 0, time.Local)) {
		return used(b, at, now)
	}
	return words.Clock(at)
}
