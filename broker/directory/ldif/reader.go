package ldif

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"lanyard/broker/directory/sds"
)

// Limits of a file, in octets where nothing else is said.
const (
	maxLine   = 64 << 10  // one line
	maxEntry  = 1 << 20   // one entry, unfolded
	maxValues = 5000      // values of one entry
	maxFile   = 2 << 30   // the file
	nameDN    = "dn"      // first line of an entry
	readAhead = 256 << 10 // at once from the file
)

// reader reads entries one after the other.
type reader struct {
	in      *bufio.Reader
	line    int // of the line read last
	text    []byte
	lines   []span // of text: the lines of the entry, unfolded
	names   map[string]string
	entry   sds.Entry
	started bool
}

type span struct{ from, to, line int }

func newReader(in io.Reader) *reader {
	return &reader{in: bufio.NewReaderSize(in, readAhead), names: map[string]string{}}
}

// next returns the next entry, valid until the call after. A [*sds.Fault] concerns
// one entry, and reading goes on behind it; any other error ends the file, and
// [io.EOF] ends it well.
func (r *reader) next() (*sds.Entry, error) {
	for {
		fault, err := r.gather()
		if err != nil {
			return nil, err
		}
		if fault != nil {
			return nil, fault
		}
		if !r.started {
			r.started = true
			if err := r.version(); err != nil {
				return nil, err
			}
		}
		if len(r.lines) == 0 {
			continue
		}
		if f := r.parse(); f != nil {
			return nil, f
		}
		return &r.entry, nil
	}
}

// gather reads the lines up to the next blank one, unfolds them and leaves out
// comments.
func (r *reader) gather() (*sds.Fault, error) {
	r.text, r.lines = r.text[:0], r.lines[:0]
	var fault *sds.Fault
	comment := false
	for {
		line, why, err := r.readLine()
		if errors.Is(err, io.EOF) && (len(r.lines) > 0 || fault != nil) {
			return fault, nil // the end comes again
		}
		if err != nil {
			return nil, err
		}
		switch {
		case why != "" && fault == nil:
			fault = sds.Faultf(r.line, r.dnSoFar(), "%s", why)
		case fault != nil && len(line) > 0:
		case len(line) == 0 && (len(r.lines) > 0 || fault != nil):
			return fault, nil
		case len(line) == 0:
			comment = false
		case line[0] == '#':
			comment = true
		case line[0] == ' ' && comment:
		case line[0] == ' ' && len(r.lines) > 0:
			r.text = append(r.text, line[1:]...)
			r.lines[len(r.lines)-1].to = len(r.text)
		case line[0] == ' ':
			fault = sds.Faultf(r.line, "", "line goes on (blank in front) where no line is to go on")
		default:
			comment = false
			from := len(r.text)
			r.text = append(r.text, line...)
			r.lines = append(r.lines, span{from, len(r.text), r.line})
		}
		if fault == nil && (len(r.text) > maxEntry || len(r.lines) > maxValues) {
			fault = sds.Faultf(r.line, r.dnSoFar(), "entry is larger than %d octets or %d values", maxEntry, maxValues)
		}
	}
}

// dnSoFar is the entry's name, for faults before the entry is whole.
func (r *reader) dnSoFar() string {
	if len(r.lines) == 0 {
		return ""
	}
	first := bytes.Clone(r.text[r.lines[0].from:r.lines[0].to])
	v, why := r.value(first)
	if why != "" || v.Name != nameDN {
		return ""
	}
	return string(v.Octets)
}

// readLine returns the next line without its end, valid until the next call,
// and why it cannot be used if so.
func (r *reader) readLine() (line []byte, why string, err error) {
	line, err = r.in.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		why = tooLong
		line, err = r.in.ReadSlice('\n')
	}
	cut := errors.Is(err, io.EOF)
	if err != nil && !cut || cut && len(line) == 0 && why == "" {
		return nil, "", err
	}
	r.line++
	if r.line == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	line = bytes.TrimSuffix(line, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	switch {
	case len(line) > maxLine:
		why = tooLong
	case cut && why == "" && len(line) > 0 && line[0] != '#':
		why = "file ends in the middle of a line: the entry may be cut off"
	}
	return line, why, nil
}

const tooLong = "line is longer than 65536 octets"

// version takes the version line off the first entry.
func (r *reader) version() error {
	if len(r.lines) == 0 {
		return nil
	}
	s := r.lines[0]
	name, v, _ := strings.Cut(string(r.text[s.from:s.to]), ":")
	if !strings.EqualFold(name, "version") {
		return nil
	}
	if strings.TrimSpace(v) != "1" {
		return fmt.Errorf("line %d: LDIF version %q is not supported, only 1 is", s.line, sds.Shown(strings.TrimSpace(v)))
	}
	r.lines = r.lines[1:]
	return nil
}

// parse makes an entry of the lines.
func (r *reader) parse() *sds.Fault {
	e := &r.entry
	e.Line, e.DN, e.Values = r.lines[0].line, "", e.Values[:0]
	for i, s := range r.lines {
		v, why := r.value(r.text[s.from:s.to])
		v.Line = s.line
		switch {
		case why != "":
			return sds.Faultf(s.line, e.DN, "%s", why)
		case i == 0 && v.Name != nameDN:
			return sds.Faultf(s.line, "", "entry does not begin with dn:")
		case i == 0 && !utf8.Valid(v.Octets):
			return sds.Faultf(s.line, "", "name of the entry is not UTF-8")
		case i == 0:
			e.DN = string(v.Octets)
		case v.Name == nameDN:
			return sds.Faultf(s.line, e.DN, "second dn: in one entry: a blank line is missing between entries")
		case i == 1 && (v.Name == "changetype" || v.Name == "control"):
			return sds.Faultf(s.line, e.DN, "change records are not taken, only entries")
		default:
			e.Values = append(e.Values, v)
		}
	}
	return nil
}

// value reads "name: text", "name:: base64".
func (r *reader) value(line []byte) (v sds.Value, why string) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return v, "line has no attribute name and colon"
	}
	if v.Name = r.name(line[:i]); v.Name == "" {
		return v, "attribute name holds a character that no name has"
	}
	rest := line[i+1:]
	switch {
	case len(rest) > 0 && rest[0] == '<':
		return v, "value by URL is refused: nothing is fetched"
	case len(rest) > 0 && rest[0] == ':':
		coded := bytes.TrimSpace(rest[1:])
		n, err := base64.StdEncoding.Decode(coded, coded)
		if err != nil {
			return v, "value is not base64"
		}
		v.Octets = coded[:n]
	default:
		v.Octets = bytes.TrimLeft(rest, " ")
		if bytes.IndexByte(v.Octets, 0) >= 0 {
			return v, "value holds a zero octet"
		}
	}
	return v, ""
}

// name is [sds.AttributeName], remembered.
func (r *reader) name(raw []byte) string {
	if n, ok := r.names[string(raw)]; ok {
		return n
	}
	n := sds.AttributeName(string(raw))
	if n != "" && len(r.names) < 1000 { // a file has some dozens
		r.names[string(raw)] = n
	}
	return n
}
