package broker

import "lanyard/broker/failure"

// Refusal is the Identity Server's no, as it stands on the wire. It unwraps to
// its cause, which stays in the log and never reaches the wire.
type Refusal struct {
	Code  failure.Code
	Cause error
}

// Error names the code and, for the log, the cause.
func (r *Refusal) Error() string {
	if r.Cause == nil {
		return string(r.Code)
	}
	return string(r.Code) + ": " + r.Cause.Error()
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }
