package localapi

import (
	"bytes"
	"errors"
	"io"
)

// MaxRequest is the longest line a caller may send, and maxAnswer the longest a
// client takes, in octets without the line end. An assertion of hundreds of
// roles is large.
const (
	MaxRequest = 64 << 10
	maxAnswer  = 8 << 20
)

const firstBuffer = 4 << 10

var errLong = errors.New("line is too long")

// lines cuts a stream into lines. What it has read may hold a PIN or a ticket,
// so every octet it no longer needs is overwritten.
type lines struct {
	from   io.Reader
	max    int
	before func(begun bool) // called before it waits; begun: a line is half read

	buf        []byte
	line       []byte // the last one returned
	start, end int    // what is read and not returned yet
}

func newLines(from io.Reader, maximum int, before func(begun bool)) *lines {
	return &lines{from: from, max: maximum, before: before, buf: make([]byte, firstBuffer)}
}

// next returns a line without its end, valid until wipe. io.EOF comes between
// lines, io.ErrUnexpectedEOF within one.
func (l *lines) next() ([]byte, error) {
	l.wipe()
	for seen := l.start; ; {
		if i := bytes.IndexByte(l.buf[seen:l.end], '\n'); i >= 0 {
			l.line = l.buf[l.start : seen+i]
			l.start = seen + i + 1
			if len(l.line) > l.max {
				return nil, errLong
			}
			return bytes.TrimSuffix(l.line, []byte("\r")), nil
		}
		if l.end-l.start > l.max {
			return nil, errLong
		}
		l.makeRoom()
		seen = l.end
		l.before(l.end > l.start)
		n, err := l.from.Read(l.buf[l.end:])
		l.end += n
		switch {
		case n > 0: // an error comes again with the next read
		case err == io.EOF && l.end > l.start:
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
	}
}

// makeRoom moves what is unread to the front, into a larger buffer where the
// whole of this one is taken.
func (l *lines) makeRoom() {
	if l.end < len(l.buf) {
		return
	}
	unread := l.buf[l.start:l.end]
	to := l.buf
	if l.start == 0 {
		to = make([]byte, min(2*len(l.buf), l.max+firstBuffer))
	}
	n := copy(to, unread)
	if l.start == 0 {
		clear(l.buf)
	} else {
		clear(to[n:])
	}
	l.buf, l.start, l.end = to, 0, n
}

// wipe overwrites the line that was returned.
func (l *lines) wipe() {
	clear(l.line)
	l.line = nil
}

// close overwrites everything.
func (l *lines) close() { clear(l.buf) }
