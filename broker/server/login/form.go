package login

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/wire/gpobject"
)

const (
	maxLogID  = 64  // characters of log_session_id
	maxRealm  = 64  // characters of app_url
	maxDevice = 128 // octets of device_id that are kept
)

// The steps, as the parameter service names them.
const (
	activation     = "ACTIVATION"
	authentication = "AUTHENTICATION"
	logout         = "LOGOUT"
	sessionUpdate  = "SESSIONUPDATE"
)

// form is a request's gpOBJECT, each name at most once.
type form struct{ o *gpobject.Object }

// readForm reads a body for one step. Its errors are refusals.
func readForm(body []byte, step string) (form, error) {
	o, err := gpobject.Decode(body)
	if err != nil {
		return form{}, exchange.Unreadable(err)
	}
	seen := make(map[string]bool, len(o.Params))
	for i := range o.Params {
		name := o.Params[i].Name
		if seen[name] {
			return form{}, exchange.Unreadable(errors.New("a parameter stands twice"))
		}
		seen[name] = true
	}
	f := form{o}
	if f.get("service") != step {
		return form{}, exchange.Unreadable(fmt.Errorf("service is not %s", step))
	}
	if m := f.get("auth_method"); m != "" && m != authMethod {
		return form{}, exchange.Unreadable(errors.New("auth_method is not 3"))
	}
	for name, limit := range map[string]int{"log_session_id": maxLogID, "app_url": maxRealm} {
		if utf8.RuneCountInString(f.get(name)) > limit {
			return form{}, exchange.Unreadable(fmt.Errorf("%s is longer than %d characters", name, limit))
		}
	}
	return f, nil
}

// get returns a value, empty where the name is missing.
func (f form) get(name string) string {
	v, _ := f.o.Get(name)
	return strings.TrimSpace(v)
}

// needed returns a value that must be there. Its error is a refusal.
func (f form) needed(name string) (string, error) {
	v := f.get(name)
	if v == "" {
		return "", exchange.Unreadable(fmt.Errorf("parameter %s is missing", name))
	}
	return v, nil
}

// device is what the list of places shows of the client's computer.
func (f form) device() string { return exchange.Printable(f.get("device_id"), maxDevice) }

// answer makes an answer of an object.
func (h *Handler) answer(o *gpobject.Object) *exchange.Answer {
	a := h.answers.Answer(exchange.XML)
	a.Body = o.Append(a.Body, h.Base+dtdPath)
	return a
}

// refusal is the form of the login's no: a gpOBJECT without a ticket and
// without an address to log out at, by which clients tell it from a yes.
func (h *Handler) refusal(f failure.Entry, r *exchange.Request) *exchange.Answer {
	o := new(gpobject.Object)
	o.Set("error_url", h.Base+errorPath).Set("error_code", string(f.Code)).
		Set("error_text", exchange.Words(f, r)).Set("error_ref", r.ID)
	a := h.answer(o)
	a.Status = f.Status
	return a
}

// minutes writes a time as clients read it: whole minutes, at least one.
func minutes(m float64) string { return strconv.Itoa(max(1, int(m))) }
