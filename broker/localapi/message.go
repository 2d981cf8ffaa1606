package localapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Version is the protocol's, which every request bears.
const Version = 1

// request is one line of a caller.
type request struct {
	V    int             `json:"v"`
	ID   uint64          `json:"id"`
	Op   string          `json:"op"`
	Args json.RawMessage `json:"args,omitempty"` // a copy: to be wiped
}

// answer is one line of the agent.
type answer struct {
	ID    uint64 `json:"id"` // 0 where the request's could not be read
	More  bool   `json:"more,omitempty"`
	OK    any    `json:"ok,omitempty"`
	Error *Error `json:"error,omitempty"`
}

// parse reads a request. The line is no longer needed afterwards.
func parse(line []byte) (r request, c call, no *Error) {
	if err := json.Unmarshal(line, &r); err != nil {
		return r, nil, unreadable(reason(err))
	}
	defer clear(r.Args)
	if r.V != Version {
		return r, nil, unreadable(fmt.Sprintf("version is %d, this agent speaks %d", r.V, Version))
	}
	if r.ID == 0 {
		return r, nil, unreadable("id must be a number above 0")
	}
	c, ok := newCall(r.Op)
	if !ok {
		return r, nil, unreadable("no such operation")
	}
	if len(r.Args) > 0 {
		if err := c.decode(r.Args); err != nil {
			c.wipe()
			return r, nil, unreadable(reason(err))
		}
	}
	return r, c, nil
}

// reason tells what is wrong with a line without quoting from it: what stands
// at the wrong place may be a PIN.
func reason(err error) string {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("not JSON at octet %d", syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return kind.Field + " is of another type"
	case errors.As(err, &kind):
		return "not an object"
	case errors.Is(err, errPINText):
		return errPINText.Error()
	case errors.Is(err, errArgs):
		return err.Error()
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return "unknown argument"
	default:
		return "not to be decoded"
	}
}
