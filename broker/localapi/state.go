package localapi

import (
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
)

// State is all that a desk shows; it holds no PIN and no ticket.
type State struct {
	Seq         uint64      `json:"seq"` // grows with every change
	Phase       string      `json:"phase"`
	Problem     *Error      `json:"problem,omitempty"`
	Environment Environment `json:"environment"`
	Mode        string      `json:"mode"`
	Readers     []string    `json:"readers"`
	Card        *Card       `json:"card,omitempty"`
	PINWanted   bool        `json:"pin_wanted"`
	User        *User       `json:"user,omitempty"` // who is signed on
	Role        *Role       `json:"role,omitempty"` // the selected one
	Roles       []Role      `json:"roles,omitempty"`
	NextTry     time.Time   `json:"next_try,omitzero"`
	Links       Links       `json:"links"`
	Grants      []Grant     `json:"grants,omitempty"`
	Unlock      bool        `json:"unlock,omitempty"` // the PIN is asked once the desktop was unlocked
	Owed        int         `json:"owed,omitempty"`   // sessions that the server does not know to be over
}

// Who is the answer to whoami.
type Who struct {
	Phase       string      `json:"phase"`
	Environment Environment `json:"environment"`
	User        User        `json:"user"`
	Role        *Role       `json:"role,omitempty"`
}

// Environment is the profile in use.
type Environment struct {
	Name   string `json:"name"`
	Live   bool   `json:"live"`
	Colour string `json:"colour,omitempty"`
	Host   string `json:"host,omitempty"`
}

// Card is the card in the reader.
type Card struct {
	Gen     card.Generation `json:"gen"`
	Reader  string          `json:"reader"`
	Token   string          `json:"token,omitempty"`
	Label   string          `json:"label,omitempty"`
	UID     broker.UID      `json:"uid,omitempty"`
	Retries int             `json:"retries"` // PIN tries left, -1 where the card does not tell
	Expires time.Time       `json:"expires,omitzero"`
	Virtual bool            `json:"virtual"`
}

// User is who is signed on, and for how long.
type User struct {
	UID   broker.UID `json:"uid"`
	Name  string     `json:"name"`
	Since time.Time  `json:"since,omitzero"`
	Until time.Time  `json:"until,omitzero"`
}

// Role is one role profile.
type Role struct {
	ID       broker.RoleProfileID `json:"id"`
	Name     string               `json:"name"`
	OrgCode  string               `json:"org_code"`
	OrgName  string               `json:"org_name"`
	Training bool                 `json:"training,omitempty"` // of the selected one: selected for training
	LastUsed time.Time            `json:"last_used,omitzero"`
}

// Links is how each link of the chain does: "ok", "broken" or "not-reached".
type Links struct {
	Card      string `json:"card"`
	Reader    string `json:"reader"`
	Network   string `json:"network"`
	Server    string `json:"server"`
	Directory string `json:"directory"`
}

// Grant is an application that took a ticket.
type Grant struct {
	Application string    `json:"application"`
	At          time.Time `json:"at"`
}

func stateOf(s agent.Snapshot) State {
	st := State{
		Seq: s.Seq, Phase: s.Phase.String(), Mode: s.Mode.String(),
		Environment: Environment(s.Environment),
		Readers:     make([]string, 0, len(s.Readers)),
		PINWanted:   s.PINWanted, NextTry: s.NextTry, Unlock: s.Unlock, Owed: s.Owed,
		Links: Links{
			Card: link(s.Links.Card), Reader: link(s.Links.Reader), Network: link(s.Links.Network),
			Server: link(s.Links.Server), Directory: link(s.Links.Directory),
		},
	}
	if s.Problem != nil {
		st.Problem = ofProblem(*s.Problem)
	}
	for _, r := range s.Readers {
		st.Readers = append(st.Readers, strings.ToValidUTF8(string(r), "?"))
	}
	if c := s.Card; c != nil {
		st.Card = &Card{
			Gen: c.Gen, Reader: string(c.Reader), Token: string(c.Token), Label: c.Label,
			UID: c.UID, Retries: c.Retries, Expires: c.Expires, Virtual: c.Virtual,
		}
	}
	if s.UID != "" {
		st.User = &User{UID: s.UID, Name: s.UserName, Since: s.Since, Until: s.Until}
	}
	for _, r := range s.Roles {
		st.Roles = append(st.Roles, roleOf(r))
	}
	if s.Role != nil {
		r := roleOf(*s.Role)
		r.Training = s.RoleMode == broker.TrainingMode
		st.Role = &r
	}
	for _, g := range s.Grants {
		st.Grants = append(st.Grants, Grant(g))
	}
	return st
}

func roleOf(r agent.RoleView) Role {
	return Role{ID: r.ID, Name: r.Name, OrgCode: r.OrgCode, OrgName: r.OrgName, LastUsed: r.LastUsed}
}

func link(l agent.LinkState) string {
	switch l {
	case agent.LinkOK:
		return "ok"
	case agent.LinkBroken:
		return "broken"
	default:
		return "not-reached"
	}
}
