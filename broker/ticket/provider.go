package ticket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
)

// Patience is how long a caller waits for a sign-on when it sets no limit of
// its own.
const Patience = 10 * time.Minute

// Source is the agent, as far as tickets go.
type Source interface {
	agent.Desk
	// Ticket returns the ticket of the session at this desk, at once; an error
	// where there is none that may be used.
	Ticket(ctx context.Context) (broker.Ticket, error)
}

// Caller is the application that asks, as the operating system tells it.
type Caller struct {
	Name string // of its program, for people
	Path string
	PID  int
	User string
}

// label is what the user sees of a caller.
func (c Caller) label() string {
	switch {
	case c.Name != "":
		return c.Name
	case c.PID != 0:
		return fmt.Sprintf("process %d", c.PID)
	default:
		return "a program without a name"
	}
}

// Ask is what kind of ticket a caller wants.
type Ask struct {
	Prompt bool // the user may be asked to sign on
	New    bool // the user is asked to sign on in any case
}

// Provider hands out tickets. It is safe for concurrent use. Make one with
// [New].
type Provider struct {
	agent  Source
	log    *slog.Logger
	grants *grants
}

// New makes a provider.
func New(agent Source, log *slog.Logger) *Provider {
	return &Provider{agent: agent, log: log, grants: newGrants()}
}

// Get returns a ticket, and waits for the user where the caller allows that. An
// error that says why there is none is a [*Refused]: NO-SESSION where the user
// must not be asked or was not there, USER-ABORT where the user closed the
// question, else the problem that ended the sign-on.
func (p *Provider) Get(ctx context.Context, c Caller, a Ask) (broker.Ticket, error) {
	t, err := p.get(ctx, c, a)
	var no *Refused
	switch {
	case err == nil:
		p.log.DebugContext(ctx, "ticket given", "application", c.label(), "pid", c.PID)
	case errors.As(err, &no):
		p.log.InfoContext(ctx, "ticket refused", "application", c.label(), "pid", c.PID, "code", no.Problem.Code)
	}
	return t, err
}

func (p *Provider) get(ctx context.Context, c Caller, a Ask) (broker.Ticket, error) {
	if !a.New {
		t, err := p.take(ctx, c)
		if err == nil || !errors.Is(err, errNone) {
			return t, err
		}
		if !a.Prompt {
			return broker.Ticket{}, refused(failure.NoSession)
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, Patience, refused(failure.NoSession))
	defer cancel()
	old, _ := p.agent.Ticket(ctx) // no error matters: none is as good as no old one
	for {
		if err := p.signedOn(ctx, a.New, old); err != nil {
			return broker.Ticket{}, err
		}
		t, err := p.take(ctx, c)
		if !errors.Is(err, errNone) {
			return t, err
		}
	}
}

// errNone: there is no ticket at this moment.
var errNone = errors.New("no ticket at this desk")

// take returns the ticket of the session, once the agent has noted who takes it.
func (p *Provider) take(ctx context.Context, c Caller) (broker.Ticket, error) {
	t, err := p.agent.Ticket(ctx)
	if err != nil || t.IsZero() {
		return broker.Ticket{}, errNone
	}
	if !p.grants.due(c.label(), t, time.Now()) {
		return t, nil
	}
	switch err := p.agent.Do(ctx, agent.Granted{Application: c.label()}); {
	case errors.Is(err, agent.ErrPhase):
		return broker.Ticket{}, errNone // the session ended meanwhile
	case errors.Is(err, agent.ErrStopping):
		return broker.Ticket{}, refused(failure.AgentStopping)
	case err != nil:
		return broker.Ticket{}, fmt.Errorf("note who takes the ticket: %w", err)
	}
	p.grants.noted(c.label(), t, time.Now())
	return t, nil
}
