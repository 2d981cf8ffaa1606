package broker

import "time"

// Place is one place where a user is signed on, as
// GET /lanyard/v1/sessions tells it. Its ID is not a ticket.
type Place struct {
	ID       string        `json:"id"`
	Role     RoleProfileID `json:"role,omitempty"` // empty until one was selected
	Device   string        `json:"device,omitempty"`
	Client   string        `json:"client,omitempty"` // the agent's or program's name, shortened
	Created  time.Time     `json:"created"`
	LastUsed time.Time     `json:"last_used,omitzero"`
	This     bool          `json:"this"` // the session whose ticket asked
}

// Places is the body of the answer to GET /lanyard/v1/sessions
// ("Authorization: Bearer", the own ticket): the user's live sessions, the
// newest first.
type Places struct {
	Sessions []Place `json:"sessions"`
}

// EndPlace is the body of POST /lanyard/v1/sessions: the session of this ID is
// ended where it belongs to the user of the ticket. The answer is the
// remaining [Places]; an ID that is nobody's or another's is refused alike
// (404, SESSION-ENDED).
type EndPlace struct {
	End string `json:"end"`
}

// RefusedJSON is the body of a refusal under /lanyard/v1.
type RefusedJSON struct {
	Code string `json:"error_code"`
	Text string `json:"error_text"`
}
