package saml11

import "time"

// The statuses of a Response.
const (
	StatusSuccess         = "samlp:Success"
	StatusRequester       = "samlp:Requester"       // the request, or its ticket
	StatusResponder       = "samlp:Responder"       // the server
	StatusVersionMismatch = "samlp:VersionMismatch" // not SAML 1.1
)

// Failure is a Response without an Assertion. Readers of the OpenAM family
// take one status and its message.
type Failure struct {
	ResponseID   string
	Recipient    string
	InResponseTo string // empty: "null"
	IssueInstant time.Time
	Status       string // one of the constants but StatusSuccess
	Message      string // plain words; never a ticket
}

// AppendFailure appends the whole samlp:Response of a refusal.
func AppendFailure(dst []byte, f Failure) []byte {
	w := writer{dst}
	w.response(f.ResponseID, f.InResponseTo, f.IssueInstant, f.Recipient)
	w.raw(`    <samlp:Status>
        <samlp:StatusCode Value="`)
	w.attr(f.Status)
	w.raw(`"/>
        <samlp:StatusMessage>`)
	w.text(f.Message)
	w.raw(`</samlp:StatusMessage>
    </samlp:Status>
</samlp:Response>
`)
	return w.dst
}
