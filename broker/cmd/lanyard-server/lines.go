package main

import (
	"io"
	"sync"
	"time"
)

const (
	// gatherFor is how long a line waits for others to be written with it: one
	// write a line would cost as much as all else that a small request does.
	gatherFor = 50 * time.Millisecond
	// gatherMost is how much waits at most, in octets.
	gatherMost = 64 << 10
)

// lines gathers what a log writes and passes it on in one write each 50 ms.
// While nothing is logged it does nothing. Close passes on the rest.
type lines struct {
	out io.Writer

	mu     sync.Mutex
	text   []byte
	timer  *time.Timer // passes on text; nil while there is none
	closed bool
}

// Write takes a line. An error of the writer behind it has nobody to be told
// to: it is where errors go.
func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, line...)
	switch {
	case l.closed || len(l.text) >= gatherMost:
		l.flush()
	case l.timer == nil:
		l.timer = time.AfterFunc(gatherFor, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.flush()
		})
	}
	return len(line), nil
}

// flush passes on what has gathered. The caller holds mu.
func (l *lines) flush() {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	if len(l.text) > 0 {
		_, _ = l.out.Write(l.text)
		l.text = l.text[:0]
	}
}

// Close passes on the rest; what comes later is passed on at once.
func (l *lines) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.flush()
}
