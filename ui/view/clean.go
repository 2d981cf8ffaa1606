package view

import (
	"slices"
	"strings"
	"unicode"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
)

// The longest texts from outside that are shown, in characters: longer ones
// would push what matters out of a window.
const (
	maxName   = 120
	maxDetail = 500 // of what a row of diagnostics holds for IT
)

// Plain makes a text that came from a card, a server, a program or the network
// fit to be shown on one line: without control characters (a terminal obeys
// them), without marks that turn the direction of what follows, without runs of
// blanks, and not longer than a name is.
func Plain(text string) string { return cut(text, maxName) }

func cut(text string, limit int) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	n, blank := 0, false
	for _, r := range text { // broken UTF-8 comes as U+FFFD
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			blank = n > 0
			continue
		}
		if !shows(r) {
			continue
		}
		if n >= limit-1 {
			b.WriteRune('…')
			break
		}
		if blank {
			b.WriteByte(' ')
			n++
		}
		b.WriteRune(r)
		n++
		blank = false
	}
	return b.String()
}

// shows tells whether a character has a shape, or joins ones that have.
func shows(r rune) bool {
	const nonJoiner, joiner = 0x200c, 0x200d // some scripts are not read without them
	return unicode.IsGraphic(r) || r == nonJoiner || r == joiner
}

// isPlain tells of most names that there is nothing to be done.
func isPlain(text string) bool {
	if len(text) >= maxName {
		return false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		twice := c == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ')
		if c < ' ' || c >= 0x7f || twice {
			return false
		}
	}
	return true
}

// Clean makes all names of a snapshot plain. The ids by which things are asked
// for stay as they are.
func Clean(s agent.Snapshot) agent.Snapshot {
	plain(&s.UserName, &s.Environment.Name, &s.Environment.Host)
	s.Problem, s.Care.Problem, s.Places.Problem = cleanProblem(s.Problem), cleanProblem(s.Care.Problem), cleanProblem(s.Places.Problem)
	s.Card = cleanCard(s.Card)
	s.Readers = mapped(s.Readers, func(r *card.ReaderID) { *r = card.ReaderID(Plain(string(*r))) })
	s.Roles = mapped(s.Roles, cleanRole)
	if s.Role != nil {
		role := *s.Role
		cleanRole(&role)
		s.Role = &role
	}
	s.Grants = mapped(s.Grants, func(g *agent.Grant) { plain(&g.Application) })
	s.Places.Others = mapped(s.Places.Others, func(p *broker.Place) { plain(&p.Device, &p.Client) })
	return s
}

func plain(texts ...*string) {
	for _, t := range texts {
		*t = Plain(*t)
	}
}

// cleanRole cuts the part of a role's name that is shown by itself, so that what
// stands before it takes no room from it.
func cleanRole(r *agent.RoleView) {
	if i := strings.LastIndex(r.Name, `":"`); i >= 0 {
		r.Name = Plain(r.Name[:i]) + `":"` + Plain(strings.TrimSuffix(r.Name[i+3:], `"`))
	} else {
		plain(&r.Name)
	}
	plain(&r.OrgName, &r.OrgCode)
}

// cleanProblem keeps one that is plain: whoever asks whether it is the same is
// told so.
func cleanProblem(p *agent.Problem) *agent.Problem {
	if p == nil || Plain(p.Detail) == p.Detail && Plain(p.Ref) == p.Ref {
		return p
	}
	q := *p
	plain(&q.Detail, &q.Ref)
	return &q
}

func cleanCard(c *agent.CardView) *agent.CardView {
	if c == nil {
		return nil
	}
	d := *c
	plain(&d.Label)
	d.Reader = card.ReaderID(Plain(string(c.Reader)))
	d.Certs = mapped(c.Certs, func(v *agent.CertView) { plain(&v.Holder, &v.Issuer, &v.Serial, &v.Key) })
	return &d
}

// mapped changes a copy of a list; nil stays nil.
func mapped[T any](list []T, change func(*T)) []T {
	list = slices.Clone(list)
	for i := range list {
		change(&list[i])
	}
	return list
}
