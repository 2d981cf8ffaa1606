package pkcs11

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame is one octet for its kind, four for the length of its content, most
// significant first, and the content.
type kind byte

// The kinds of frames. A PIN has one of its own, so that no other code than
// what wipes it ever has it in a buffer.
const (
	kindRequest kind = 'Q'
	kindAnswer  kind = 'A'
	kindPIN     kind = 'P'
)

// The most octets a frame of a kind may have. The largest answer is a card's
// certificates.
const (
	maxMessage = 1 << 20
	maxSecret  = 255
)

var errFrame = errors.New("frame cannot be read")

func (k kind) limit() uint32 {
	switch k {
	case kindRequest, kindAnswer:
		return maxMessage
	case kindPIN:
		return maxSecret
	default:
		return 0
	}
}

// writeFrame writes a frame. The content is written from where it is: nothing
// keeps a copy.
func writeFrame(w io.Writer, k kind, content []byte) error {
	if uint64(len(content)) > uint64(k.limit()) {
		return fmt.Errorf("%w: %d octets are too many", errFrame, len(content))
	}
	head := [5]byte{byte(k)}
	binary.BigEndian.PutUint32(head[1:], uint32(len(content)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	if len(content) == 0 {
		return nil
	}
	_, err := w.Write(content)
	return err
}

// readFrame reads a frame, which must be of a kind. The reader must keep no
// copy, so it is not a buffered one. At its end before a frame the error is
// io.EOF.
func readFrame(r io.Reader, want kind) ([]byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if k := kind(head[0]); k != want {
		return nil, fmt.Errorf("%w: kind %#x where %q is due", errFrame, byte(k), want)
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > want.limit() {
		return nil, fmt.Errorf("%w: %d octets are too many", errFrame, n)
	}
	content := make([]byte, n)
	if _, err := io.ReadFull(r, content); err != nil {
		clear(content)
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return content, nil
}
