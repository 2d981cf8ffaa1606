package desktest

import (
	"context"
	"crypto"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
)

// Server is an Identity Server that checks the signed challenge and otherwise
// answers as it is told.
type Server struct {
	mu       sync.Mutex
	roles    []client.Role
	down     failure.Code // activate answers with it
	refuses  failure.Code // validate answers with it
	signOns  int
	live     map[broker.Ticket]bool
	selected broker.RoleProfileID
}

var _ agent.Server = (*Server)(nil)

func newServer() *Server {
	return &Server{
		live:  make(map[broker.Ticket]bool),
		roles: []client.Role{{ID: "555000000001", OrgCode: "T1431", OrgName: "SEVERN TRUST", JobRole: `"Clinical":"Clinical Provision":"Nurse Access Role"`}},
	}
}

// AddRole lets the user choose from one role more.
func (s *Server) AddRole(id broker.RoleProfileID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roles = append(s.roles, client.Role{ID: id, OrgCode: "T1432", OrgName: "WYE TRUST", JobRole: `"Clinical":"Clinical Provision":"Midwife Access Role"`})
}

// Down makes the server unreachable, or reachable again with no code.
func (s *Server) Down(c failure.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = c
}

// Refuse makes the server refuse whoever signs on.
func (s *Server) Refuse(c failure.Code) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuses = c
}

// Live tells how many sessions there are.
func (s *Server) Live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.live)
}

// Activate gives a challenge.
func (s *Server) Activate(context.Context) (*client.Activation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != "" {
		return nil, &client.Error{Code: s.down, Op: "activate", Host: "server.example:443"}
	}
	a := &client.Activation{Challenge: make([]byte, broker.ChallengeSize), Digests: []crypto.Hash{crypto.SHA256}}
	_, _ = rand.Read(a.Challenge)
	return a, nil
}

// Validate checks the signature and begins a session.
func (s *Server) Validate(_ context.Context, a *client.Activation, uid broker.UID, der []byte) (*client.SignOn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	got, err := answer.Parse(der)
	if err == nil {
		err = got.Verify()
	}
	if err != nil || string(got.Content) != string(a.Challenge) {
		return nil, &broker.Refusal{Code: failure.SigWrong, Cause: err}
	}
	if s.refuses != "" {
		return nil, &broker.Refusal{Code: s.refuses}
	}
	s.signOns++
	t := broker.NewTicket(fmt.Sprintf("AQICTestTicketOfSignOn%d=@AAJTSQACMDE=#", s.signOns))
	s.live[t] = true
	return &client.SignOn{Ticket: t, UID: uid, CN: "Osei Amara", Roles: s.roles, Idle: time.Hour, Max: 10 * time.Hour}, nil
}

// known refuses a ticket of a session that is over.
func (s *Server) known(t broker.Ticket) error {
	if !s.live[t] {
		return &broker.Refusal{Code: failure.SessionEnded}
	}
	return nil
}

// SelectRole keeps the role.
func (s *Server) SelectRole(_ context.Context, t broker.Ticket, id broker.RoleProfileID, _ broker.SSBMode) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.selected = id
	return s.known(t)
}

// Assertion tells the selected role.
func (s *Server) Assertion(_ context.Context, t broker.Ticket) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []byte("<samlp:Response><!-- " + string(s.selected) + " --></samlp:Response>"), s.known(t)
}

// KeepAlive does nothing to a live session.
func (s *Server) KeepAlive(_ context.Context, on *client.SignOn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known(on.Ticket)
}

// Logout ends a session.
func (s *Server) Logout(_ context.Context, on *client.SignOn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, on.Ticket)
	return nil
}

// Sessions tells one place for each session.
func (s *Server) Sessions(_ context.Context, t broker.Ticket) ([]broker.Place, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []broker.Place
	for live := range s.live {
		all = append(all, broker.Place{ID: "place-of-this-desk", This: live == t, Created: time.Unix(0, 0).UTC()})
	}
	return all, s.known(t)
}

// EndSession ends the session of this desk.
func (s *Server) EndSession(_ context.Context, t broker.Ticket, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id != "place-of-this-desk" {
		return &broker.Refusal{Code: failure.SessionEnded}
	}
	delete(s.live, t)
	return nil
}
