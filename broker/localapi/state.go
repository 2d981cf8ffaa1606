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
	Care        *Care       `json:"care,omitempty"`   // of the card
	Places      *Places     `json:"places,omitempty"` // where else the user is signed on; absent until the server was asked
	Keypad      *Keypad     `json:"keypad,omitempty"` // while the reader waits for its own keys
}

// Care is what can be done to the card, and how it ended: "pin-change" or
// "unblock", left out for none.
type Care struct {
	CanChange  bool   `json:"can_change"`
	CanUnblock bool   `json:"can_unblock"`
	Busy       string `json:"busy,omitempty"`
	Done       string `json:"done,omitempty"`
	Refused    string `json:"refused,omitempty"`
	Problem    *Error `json:"problem,omitempty"`
}

// Places is where else the user is signed on.
type Places struct {
	At      time.Time      `json:"at,omitzero"` // when the server told
	Others  []broker.Place `json:"others"`
	Ending  string         `json:"ending,omitempty"` // the id of the one being ended
	Problem *Error         `json:"problem,omitempty"`
}

// Keypad is a passcode that is being typed on the reader's own keys.
type Keypad struct {
	Until time.Time `json:"until"`
}

// Cert is a certificate of the card.
type Cert struct {
	Purpose string    `json:"purpose"` // "authentication", "content-commitment", "other"
	Holder  string    `json:"holder"`
	Issuer  string    `json:"issuer"`
	Serial  string    `json:"serial"` // hexadecimal
	Key     string    `json:"key,omitempty"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
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
	Keypad  bool            `json:"keypad,omitempty"` // its PIN is typed on the reader's own keys
	Certs   []Cert          `json:"certs,omitempty"`
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
		Problem:     problemOf(s.Problem),
		PINWanted:   s.PINWanted, NextTry: s.NextTry, Unlock: s.Unlock, Owed: s.Owed,
		Links: Links{
			Card: link(s.Links.Card), Reader: link(s.Links.Reader), Network: link(s.Links.Network),
			Server: link(s.Links.Server), Directory: link(s.Links.Directory),
		},
	}
	for _, r := range s.Readers {
		st.Readers = append(st.Readers, strings.ToValidUTF8(string(r), "?"))
	}
	if c := s.Card; c != nil {
		st.Card, st.Care = cardOf(*c), careOf(s.Care)
	}
	st.Places = placesOf(s.Places)
	if s.Keypad != nil {
		st.Keypad = &Keypad{Until: s.Keypad.Until}
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

func cardOf(c agent.CardView) *Card {
	v := &Card{
		Gen: c.Gen, Reader: string(c.Reader), Token: string(c.Token), Label: c.Label,
		UID: c.UID, Retries: c.Retries, Expires: c.Expires, Virtual: c.Virtual, Keypad: c.Keypad,
	}
	for _, k := range c.Certs {
		v.Certs = append(v.Certs, Cert{
			Purpose: k.Purpose.String(), Holder: k.Holder, Issuer: k.Issuer, Serial: k.Serial,
			Key: k.Key, From: k.From, Until: k.Until,
		})
	}
	return v
}

func careOf(c agent.Care) *Care {
	return &Care{
		CanChange: c.CanChange, CanUnblock: c.CanUnblock,
		Busy: kind(c.Busy), Done: kind(c.Done), Refused: kind(c.Refused), Problem: problemOf(c.Problem),
	}
}

// kind names what was done to a card, nothing for none.
func kind(k agent.CareKind) string {
	if k == agent.NoCare {
		return ""
	}
	return k.String()
}

func placesOf(p agent.PlacesView) *Places {
	if p.At.IsZero() && p.Problem == nil {
		return nil
	}
	return &Places{At: p.At, Others: append([]broker.Place{}, p.Others...), Ending: p.Ending, Problem: problemOf(p.Problem)}
}

func problemOf(p *agent.Problem) *Error {
	if p == nil {
		return nil
	}
	return ofProblem(*p)
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
