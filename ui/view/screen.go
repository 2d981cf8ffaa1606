package view

import (
	"strings"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/words"
)

// Window is which of the windows asks for a person at the moment.
type Window int

// The windows. Rest asks nothing: the desk's own window and the tray tell.
const (
	Rest Window = iota
	PINWindow
	RoleWindow
	TroubleWindow
)

// WindowOf tells which window a snapshot calls for, and for which insertion.
func WindowOf(s agent.Snapshot) (Window, card.Generation) {
	var gen card.Generation
	if s.Card != nil {
		gen = s.Card.Gen
	}
	switch {
	case troubled(s):
		return TroubleWindow, gen
	case s.Phase == agent.ChoosingRole:
		return RoleWindow, gen
	case s.PINWanted, s.Keypad != nil, readerAsks(s), s.Phase == agent.Reading, s.Phase == agent.SigningOn:
		return PINWindow, gen
	default:
		return Rest, gen
	}
}

// usualBand is the colour of an environment to which the site gave none: each
// look has its own for it.
const usualBand = "#7B1E6A"

// EnvironmentOf names the environment.
func EnvironmentOf(b words.Book, e agent.Environment) Environment {
	if e.Live {
		return Environment{Live: true, Name: b.Text(words.Live)}
	}
	v := Environment{Name: strings.ToUpper(e.Name), Note: b.Text(words.NothingReal)}
	if !strings.EqualFold(e.Colour, usualBand) {
		v.Colour = e.Colour
	}
	known := map[string]words.Key{
		"demo": words.Practice, "training": words.Training, "development": words.Development,
		"integration": words.Integration, "local": words.LocalTest,
	}
	if k, ok := known[e.Name]; ok {
		v.Name = b.Text(k)
	}
	return v
}

// Holder is whose card is in, for the head of a window.
type Holder struct {
	Name   string
	Second string // "Card ending 4417"
	Usable bool   // else its picture is grey
}

func holderOf(b words.Book, s agent.Snapshot) Holder {
	h := Holder{Name: b.Text(words.YourCard), Usable: true}
	if s.Card == nil {
		return h
	}
	if s.Card.Label != "" {
		h.Name = s.Card.Label
	}
	last := ""
	if digits := ending(s); digits != "" {
		last = b.Text(words.CardEnding, "digits", digits)
	}
	switch {
	case s.Card.Virtual && last != "":
		h.Second = b.Text(words.Virtual) + " · " + last
	case s.Card.Virtual:
		h.Second = b.Text(words.Virtual)
	default:
		h.Second = last
	}
	return h
}

// ending is the last four characters of the number of the card that is in;
// empty where it has none.
func ending(s agent.Snapshot) string {
	if s.Card == nil || len(s.Card.Token) < 4 {
		return ""
	}
	id := string(s.Card.Token)
	return strings.ToUpper(id[len(id)-4:])
}
