package demo

import (
	"bytes"
	"net/http"
	"sync"
)

// tapLimit is how much of an answer is kept, in octets.
const tapLimit = 256 << 10

// tap keeps what the server last answered on each path, so that the story
// tells what really went over the wire.
type tap struct {
	next http.Handler

	mu      sync.Mutex
	answers map[string][]byte
}

func newTap(next http.Handler) *tap { return &tap{next: next, answers: map[string][]byte{}} }

// ServeHTTP answers as the server does and keeps a copy.
func (t *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &copier{ResponseWriter: w}
	t.next.ServeHTTP(c, r)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers[r.URL.Path] = c.body.Bytes()
}

// last returns what was answered last on a path.
func (t *tap) last(path string) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.answers[path]
}

type copier struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (c *copier) Write(b []byte) (int, error) {
	if c.body.Len()+len(b) <= tapLimit {
		c.body.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer below.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
