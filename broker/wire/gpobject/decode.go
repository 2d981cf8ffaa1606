package gpobject

import (
	"fmt"
	"unicode/utf8"
)

// The limits of a request and of an answer. An answer may be larger: some
// users hold role profiles in hundreds of organisations.
const (
	MaxSize         = 64 << 10
	MaxParams       = 512
	MaxAnswerSize   = 1 << 20
	MaxAnswerParams = 4096
)

// Decode reads a document of up to MaxSize octets. Its errors are
// ErrUnreadable and ErrTooLarge with the place where reading stopped, never
// with a value.
func Decode(b []byte) (*Object, error) { return decode(b, MaxSize, MaxParams) }

// DecodeAnswer is Decode with the limits of a server's answer.
func DecodeAnswer(b []byte) (*Object, error) { return decode(b, MaxAnswerSize, MaxAnswerParams) }

func decode(b []byte, maxSize, maxParams int) (*Object, error) {
	if len(b) > maxSize {
		return nil, fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, len(b), maxSize)
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%w: not in UTF-8", ErrUnreadable)
	}
	s := &scanner{text: string(b)}
	s.take("\ufeff")
	if err := s.illegal(); err != nil {
		return nil, err
	}
	if err := s.prolog(); err != nil {
		return nil, err
	}
	return s.object(maxParams)
}

// usual is how many parameters a request has, about.
const usual = 16

// object reads from the root's start tag to the end of the document.
func (s *scanner) object(maxParams int) (*Object, error) {
	o := &Object{Params: make([]Param, 0, usual)}
	_, closed, err := s.startTag("gpOBJECT")
	if err != nil {
		return nil, err
	}
	for !closed {
		if err := s.misc(); err != nil {
			return nil, err
		}
		if s.ahead("</") {
			if err := s.endTag("gpOBJECT"); err != nil {
				return nil, err
			}
			break
		}
		if len(o.Params) == maxParams {
			return nil, fmt.Errorf("%w: more than %d parameters", ErrTooLarge, maxParams)
		}
		p, err := s.param()
		if err != nil {
			return nil, err
		}
		o.Params = append(o.Params, p)
	}
	if err := s.misc(); err != nil {
		return nil, err
	}
	if s.pos != len(s.text) {
		return nil, s.fail("something stands behind the document")
	}
	return o, nil
}

func (s *scanner) param() (Param, error) {
	p, closed, err := s.startTag("gpPARAM")
	if err != nil {
		return Param{}, err
	}
	if p.Name == "" {
		return Param{}, s.fail("a gpPARAM without a name")
	}
	if closed {
		return p, nil
	}
	if p.Value, err = s.content(); err != nil {
		return Param{}, err
	}
	return p, s.endTag("gpPARAM")
}
