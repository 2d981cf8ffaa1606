package exchange

import (
	"net/http"
	"strconv"
	"sync"

	"lanyard/broker/failure"
)

// The content types of the wire.
const (
	XML  = "text/xml; charset=UTF-8"
	HTML = "text/html; charset=UTF-8"
	JSON = "application/json"
	Text = "text/plain; charset=UTF-8"
)

// Answer is what goes back. Its zero status is 200.
type Answer struct {
	Status int
	Type   string
	Body   []byte
	Code   failure.Code // of an answer that says no, for the log

	lent *sync.Pool
}

// Pool lends answers whose bodies are large and all of a size.
type Pool struct{ pool sync.Pool }

// Answer lends an answer with an empty body to append to. Whoever writes it
// gives it back.
func (p *Pool) Answer(kind string) *Answer {
	a, ok := p.pool.Get().(*Answer)
	if !ok {
		a = new(Answer)
	}
	a.Type, a.lent = kind, &p.pool
	return a
}

// release gives an answer back, without what it said.
func (a *Answer) release() {
	if a.lent == nil {
		return
	}
	pool := a.lent
	clear(a.Body)
	*a = Answer{Body: a.Body[:0]}
	pool.Put(a)
}

// Done is the document that says yes to logout, keep alive and role selection,
// to the letter: no line end stands behind it.
func Done() *Answer {
	return &Answer{Type: HTML, Body: []byte("<HTML><STATUS>OK</STATUS></HTML>")}
}

// write puts the answer on the wire. Answers may hold a ticket, and a ticket
// may have stood in the URL, so none is stored and no address is passed on.
func (a *Answer) write(w http.ResponseWriter) (int, error) {
	h := w.Header()
	h.Set("Content-Type", a.Type)
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	w.WriteHeader(status)
	_, err := w.Write(a.Body)
	return status, err
}
