package localapi

import (
	"errors"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/ticket"
)

// Error is the agent's no, as it stands on the wire.
type Error struct {
	Code    failure.Code `json:"code"`
	Text    string       `json:"text"`             // plain words: what is so
	Next    string       `json:"next,omitempty"`   // one next step
	Retries int          `json:"retries"`          // tries left for PIN and PUK codes, else -1
	Detail  string       `json:"detail,omitempty"` // data to name it by
	Ref     string       `json:"ref,omitempty"`    // an id by which a server's log finds it
}

// Error names the code and the words.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Text
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	return text
}

func errorOf(c failure.Code) *Error { return ofProblem(agent.Problem{Code: c, Retries: -1}) }

func ofProblem(p agent.Problem) *Error {
	e := &Error{Code: p.Code, Retries: p.Retries, Detail: p.Detail, Ref: p.Ref}
	if entry, ok := failure.Lookup(p.Code); ok {
		e.Text, e.Next = entry.Text, entry.Next
	}
	return e
}

// unreadable is the answer to a request that the agent cannot read. What it
// says holds nothing that stood in a value of the request.
func unreadable(why string) *Error {
	return &Error{
		Code: failure.ReqUnreadable, Retries: -1, Detail: why,
		Text: "The agent could not read the request.",
		Next: "Update the calling program, or see docs/local-api.md.",
	}
}

// asError gives every error of a call its code.
func asError(err error) *Error {
	var (
		mine    *Error
		refused *ticket.Refused
		none    *agent.NoSession
	)
	switch {
	case errors.As(err, &mine):
		return mine
	case errors.As(err, &refused):
		return ofProblem(refused.Problem)
	case errors.As(err, &none):
		return errorOf(failure.NoSession)
	case errors.Is(err, ErrNoCard):
		return errorOf(failure.VCardName)
	case errors.Is(err, ErrCardIn):
		return errorOf(failure.VCardIn)
	case errors.Is(err, ErrCardFaults):
		return errorOf(failure.ConfigInvalid)
	case errors.Is(err, agent.ErrPhase):
		return errorOf(failure.AgentBusy)
	case errors.Is(err, agent.ErrStopping), errors.Is(err, errStopping):
		return errorOf(failure.AgentStopping)
	case errors.Is(err, errCancelled), errors.Is(err, errHungUp):
		return errorOf(failure.UserAbort)
	default:
		return ofProblem(agent.ProblemOf(err))
	}
}

// Why a call ends before its answer.
var (
	errStopping  = errors.New("the agent is stopping")
	errHungUp    = errors.New("the caller hung up")
	errCancelled = errors.New("the caller cancelled the request")
)
