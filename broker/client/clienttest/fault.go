package clienttest

import (
	"crypto/tls"
	"net"
	"net/http"
	"strings"
)

// Fault is how a request fails.
type Fault struct {
	Reset  bool        // the connection is reset
	Hang   bool        // no answer comes
	Status int         // of an answer
	Body   string      // of an answer; with no status, of a 200
	Header http.Header // of an answer
}

// none tells whether nothing is wrong.
func (f Fault) none() bool { return !f.Reset && !f.Hang && f.Status == 0 && f.Body == "" }

// Oversized is a body that is larger than any answer may be.
func Oversized() string { return strings.Repeat("OK gpOBJECT ", 400<<10) }

// fail does a fault.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault) {
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-s.hanging:
		}
		panic(http.ErrAbortHandler) // no answer, not even to a connection that is closing
	case f.Reset:
		s.reset(w)
	default:
		for name, values := range f.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(max(f.Status, http.StatusOK))
		_, _ = w.Write([]byte(f.Body))
	}
}

// reset cuts the connection with an RST.
func (s *Server) reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		s.tb.Errorf("hijack: %v", err)
		return
	}
	if t, ok := conn.(*tls.Conn); ok {
		if raw, ok := t.NetConn().(*net.TCPConn); ok {
			_ = raw.SetLinger(0)
			_ = raw.Close()
			return
		}
	}
	s.tb.Error("no TCP connection to reset")
}
