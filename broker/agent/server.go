package agent

import (
	"context"
	"fmt"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
)

// Server is the Identity Server as the agent sees it; [client.Client] is one.
// Its errors are [*broker.Refusal], [*client.Error], or the cause of a context
// that the agent ended.
type Server interface {
	Activate(ctx context.Context) (*client.Activation, error)
	Validate(ctx context.Context, a *client.Activation, uid broker.UID, der []byte) (*client.SignOn, error)
	SelectRole(ctx context.Context, t broker.Ticket, id broker.RoleProfileID, m broker.SSBMode) error
	Assertion(ctx context.Context, t broker.Ticket) ([]byte, error)
	KeepAlive(ctx context.Context, s *client.SignOn) error
	Logout(ctx context.Context, s *client.SignOn) error
	Sessions(ctx context.Context, t broker.Ticket) ([]broker.Place, error)
	EndSession(ctx context.Context, t broker.Ticket, id string) error
}

// Memory remembers which roles a person used on this desk.
type Memory interface {
	// Uses returns what is remembered of a person, nothing for a new one.
	Uses(ctx context.Context, uid broker.UID) (map[broker.RoleProfileID]Use, error)
	// Used notes one use.
	Used(ctx context.Context, uid broker.UID, role broker.RoleProfileID, at time.Time) error
}

// Times notes how long things take.
type Times interface {
	// Took notes one duration.
	Took(ctx context.Context, what Measure, d time.Duration) error
}

// NoSession is the answer to a program that asked for what only a session has.
type NoSession struct {
	Phase   Phase
	Problem *Problem // why there is none, where that is known
}

// Error names the code and the phase.
func (e *NoSession) Error() string {
	text := fmt.Sprintf("%s: the desk is at %s", failure.NoSession, e.Phase)
	if e.Problem != nil {
		text += " with " + string(e.Problem.Code)
	}
	return text
}
