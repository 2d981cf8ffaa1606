package view

import (
	"slices"
	"time"

	"lanyard/ui/words"
)

// PracticeKind is what a card of the practice is for.
type PracticeKind int

// The kinds.
const (
	Works PracticeKind = iota
	RunsOut
	RanOut
	LastTry
	LockedCard
	NoRoles
	UnknownUser
	ClosedUser
)

// PracticeCard is a card of an invented person.
type PracticeCard struct {
	Name  string // what puts it in
	Label string // of whom
	Roles int    // how many its holder has, where that is what it shows
	Kind  PracticeKind
	Ends  time.Time // of its certificates
}

// PracticeFault is trouble that can be switched on and off.
type PracticeFault int

// The faults.
const (
	SlowNetwork PracticeFault = iota
	ServerAway
	ReaderUnplugged
	PullInTheMiddle
)

// Practice is the drawer as it stands.
type Practice struct {
	Cards    []PracticeCard
	In       string          // name of the card that is in; empty for none
	On       []PracticeFault // what is switched on
	Pulled   bool            // a card was pulled in the middle, and nobody touched the drawer since
	Passcode string          // of every card: it is no secret here
	PUK      string
}

// Drawer is the window of the card drawer.
type Drawer struct {
	Env      Environment // tells what is switched on, so that nobody takes it for real
	Title    string
	Sentence string
	Note     *Note
	Cards    []DrawerCard
	Secrets  string
	Trouble  string // head of the switches
	Switches []DrawerSwitch
}

// DrawerCard is a card with its button.
type DrawerCard struct {
	Label  string // of whom
	About  string
	Usable bool // else its picture is grey
	In     bool
	Button string
	Says   string // what a screen reader says of the button: whose card it is, too
	Off    bool   // there is no reader to put it in
	Next   string // name of the card that is in after the button; empty for none
}

// DrawerSwitch is trouble to be made.
type DrawerSwitch struct {
	Fault PracticeFault
	Text  string
	Says  string // with its state
	On    bool
}

// DrawerOf makes the window. What was asked for last was not done where undone
// is set.
func DrawerOf(b words.Book, p Practice, e Environment, undone bool) Drawer {
	d := Drawer{
		Env: e, Title: b.Text(words.DrawerTitle), Sentence: b.Text(words.DrawerSentence), Trouble: b.Text(words.DrawerTrouble),
		Secrets: b.Text(words.DrawerSecrets, "pin", p.Passcode, "puk", p.PUK),
	}
	switch {
	case undone:
		d.Note = &Note{Tone: Careful, Title: b.Text(words.DrawerUndone), Sentence: b.Text(words.DrawerUndoneNext)}
	case p.Pulled:
		d.Note = &Note{Tone: Careful, Title: b.Text(words.DrawerPulled), Sentence: b.Text(words.DrawerPulledNext)}
	}
	for _, c := range p.Cards {
		d.Cards = append(d.Cards, drawerCard(b, c, c.Name == p.In, slices.Contains(p.On, ReaderUnplugged)))
	}
	for _, f := range []PracticeFault{SlowNetwork, ReaderUnplugged, ServerAway, PullInTheMiddle} {
		s := DrawerSwitch{Fault: f, Text: faultName(b, f), On: slices.Contains(p.On, f)}
		s.Says = b.Text(words.DrawerSwitchOff, "name", s.Text)
		if s.On {
			s.Says = b.Text(words.DrawerSwitchOn, "name", s.Text)
		}
		d.Switches = append(d.Switches, s)
	}
	switch len(p.On) {
	case 0:
	case 1:
		d.Env.Note = b.Text(words.DrawerOnNow, "name", faultName(b, p.On[0]))
	default:
		d.Env.Note = b.Count(words.DrawerManyOn, len(p.On))
	}
	return d
}

func drawerCard(b words.Book, c PracticeCard, in, off bool) DrawerCard {
	d := DrawerCard{Label: c.Label, About: about(b, c), In: in, Off: off, Usable: usable(c.Kind)}
	says := words.DrawerPutWhose
	d.Button, d.Next = b.Text(words.DrawerPut), c.Name
	if in {
		says = words.TakeOutWhose
		d.Button, d.Next = b.Text(words.TakeOut), ""
	}
	d.Says = b.Text(says, "name", c.Label, "about", d.About)
	return d
}

// usable tells whether a card signs somebody on.
func usable(k PracticeKind) bool {
	switch k {
	case Works, RunsOut, LastTry:
		return true
	default:
		return false
	}
}

// about says what a card is for.
func about(b words.Book, c PracticeCard) string {
	switch c.Kind {
	case RunsOut:
		return b.Text(words.DrawerRunsOut, "date", b.Date(c.Ends))
	case RanOut:
		return b.Text(words.DrawerRanOut, "date", b.Date(c.Ends))
	case LastTry:
		return b.Text(words.DrawerLastTry)
	case LockedCard:
		return b.Text(words.DrawerLocked)
	case NoRoles:
		return b.Text(words.DrawerNoRoles)
	case UnknownUser:
		return b.Text(words.DrawerUnknown)
	case ClosedUser:
		return b.Text(words.DrawerClosed)
	default:
		return b.Count(words.RoleCount, c.Roles)
	}
}

func faultName(b words.Book, f PracticeFault) string {
	return b.Text(map[PracticeFault]words.Key{
		SlowNetwork: words.DrawerSlow, ServerAway: words.DrawerAway,
		ReaderUnplugged: words.DrawerUnplugged, PullInTheMiddle: words.DrawerPull,
	}[f])
}
