package view

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/words"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Session is the desk's own window: who is signed on, what uses it, and how
// the chain from the card to the directory does.
type Session struct {
	Rest    *Resting // nobody is signed on, or the desk is locked
	Person  *SignedOn
	Note    *Note
	NoteDo  Button // within the note
	Links   []Link
	Using   string // head of the list of applications
	Grants  []Grant
	NoGrant string
	Owed    string
	Left    []Button
	Right   []Button
	Filled  Button // at most one, and none at rest
}

// Resting is the big picture with a sentence.
type Resting struct {
	Icon     Icon
	Title    string
	Sentence string
}

// SignedOn is who is signed on.
type SignedOn struct {
	Initials string
	Name     string
	Role     string
	Place    string
	Chip     string
	Tone     Tone
	Hours    string
}

// Grant is an application that took a ticket.
type Grant struct{ Application, At string }

// SessionOf makes the window. Offline tells how long it is until the next try.
func SessionOf(b words.Book, s agent.Snapshot, now time.Time) Session {
	v := Session{Links: links(b, s)}
	if s.Owed > 0 {
		v.Owed = b.Count(words.Owed, s.Owed)
	}
	switch s.Phase {
	case agent.SignedOn, agent.Offline, agent.Renewing:
		signedOn(b, s, now, &v)
	default:
		resting(b, s, &v)
	}
	return v
}

func signedOn(b words.Book, s agent.Snapshot, now time.Time, v *Session) {
	p := &SignedOn{Initials: initials(owner(s)), Name: owner(s), Chip: b.Text(words.SignedOn), Tone: Good}
	if s.Role != nil {
		p.Role = RoleName(*s.Role)
		p.Place = s.Role.OrgName
		if s.Role.OrgCode != "" {
			p.Place += " · " + s.Role.OrgCode
		}
	}
	if !s.Since.IsZero() {
		p.Hours = hours(b, s)
	}
	if s.Phase == agent.Renewing {
		p.Chip, p.Tone = b.Text(words.Renewing), Careful
	}
	v.Person = p
	v.Using = b.Text(words.UsingSignOn)
	for _, g := range s.Grants {
		v.Grants = append(v.Grants, Grant{Application: g.Application, At: words.Clock(g.At)})
	}
	if len(v.Grants) == 0 {
		v.NoGrant = b.Text(words.NoneYet)
	}
	if len(s.Roles) > 1 {
		v.Left = append(v.Left, Button{b.Text(words.ChangeRole), ChangeRole})
	}
	v.Right = append(v.Right, Button{b.Text(words.SignOut), SignOut})
	switch {
	case s.Phase == agent.Offline:
		v.Note, v.NoteDo = offline(b, s, now), Button{b.Text(words.TryNow), TryNow}
	case s.Problem != nil && s.Problem.Code != failure.UserAbort:
		st := StatusOf(b, s)
		v.Note = &Note{Tone: Careful, Title: trimStop(st.Title), Sentence: st.Sentence, Code: string(st.Code)}
	default:
		v.Note = &Note{Tone: Neutral, Sentence: b.Text(removalNote(s.Mode))}
	}
}

// offline says which part of the way does not answer.
func offline(b words.Book, s agent.Snapshot, now time.Time) *Note {
	n := &Note{Tone: Bad, Title: b.Text(words.ServerSilent), Sentence: b.Text(words.StillOn)}
	switch {
	case s.Links.Network == agent.LinkBroken:
		n.Title = b.Text(words.NetworkSilent)
	case s.Links.Directory == agent.LinkBroken:
		n.Title = b.Text(words.DirectorySilent)
	}
	if s.Problem != nil {
		n.Code = string(s.Problem.Code)
	}
	if wait := s.NextTry.Sub(now); !s.NextTry.IsZero() && wait > 0 {
		n.Sentence += " " + b.Count(words.NextTryIn, int((wait+time.Second-1)/time.Second))
	}
	return n
}

func resting(b words.Book, s agent.Snapshot, v *Session) {
	st := StatusOf(b, s)
	r := &Resting{Icon: IconOf(s), Title: trimStop(st.Title), Sentence: st.Sentence}
	v.Rest = r
	waits := s.Problem == nil || s.Problem.Code == failure.UserAbort
	switch {
	case s.Phase == agent.Locked:
		v.Rest = &Resting{Icon: LockedIcon, Title: b.Text(words.PutBack, "name", owner(s)), Sentence: b.Text(words.OrAnother)}
		v.Right = append(v.Right, Button{b.Text(words.SignOut), SignOut})
	case s.Phase == agent.NoReader && (s.Problem == nil || s.Problem.Code == failure.ReaderNone):
		v.Rest = &Resting{Icon: NoReaderIcon, Title: b.Text(words.PlugReader), Sentence: b.Text(words.NoReader)}
	case s.Phase == agent.NoCard && s.Card != nil && !s.Unlock && waits:
		v.Rest = &Resting{Icon: NoCardIcon, Title: b.Text(words.NobodyOn), Sentence: b.Text(words.CardIsIn)}
		v.Filled = Button{b.Text(words.SignOn), Retry}
	case s.Phase == agent.ChoosingRole:
		v.Right = append(v.Right, Button{b.Text(words.SignOut), SignOut})
	}
	if s.Problem != nil && !waits && s.Phase != agent.NoReader {
		v.Filled = Button{}
	}
}

// initials are the first letters of the first and the last name.
func initials(name string) string {
	parts := strings.Fields(name)
	if len(parts) > 2 {
		parts = []string{parts[0], parts[len(parts)-1]}
	}
	var out strings.Builder
	for _, p := range parts {
		if r, _ := utf8.DecodeRuneInString(p); unicode.IsLetter(r) {
			out.WriteRune(unicode.ToUpper(r))
		}
	}
	return out.String()
}
