package ticket

import (
	"lanyard/broker/agent"
	"lanyard/broker/failure"
)

// Refused is why a caller got no ticket.
type Refused struct{ Problem agent.Problem }

// Error names the code.
func (r *Refused) Error() string {
	if r.Problem.Detail == "" {
		return "no ticket: " + string(r.Problem.Code)
	}
	return "no ticket: " + string(r.Problem.Code) + " (" + r.Problem.Detail + ")"
}

func refused(c failure.Code) error {
	return &Refused{Problem: agent.Problem{Code: c, Retries: -1}}
}
