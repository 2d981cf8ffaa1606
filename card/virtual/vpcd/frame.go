package vpcd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxFrame is the longest frame that its length can tell, in octets.
const maxFrame = 0xFFFF

// ErrProtocol is returned for what the driver's end never sends.
var ErrProtocol = errors.New("not the frames of a virtual reader")

// The controls.
const (
	controlOff   = 0
	controlOn    = 1
	controlReset = 2
	controlATR   = 4
)

// readFrame reads one frame into buf, which grows as needed. An end before a
// frame begins is io.EOF, one inside it io.ErrUnexpectedEOF. Begun is called
// when the length is known.
func readFrame(r io.Reader, buf []byte, begun func() error) ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return buf, err
	}
	if err := begun(); err != nil {
		return buf, err
	}
	n := int(binary.BigEndian.Uint16(head[:]))
	if n == 0 {
		return buf, fmt.Errorf("%w: frame of no octets", ErrProtocol)
	}
	if cap(buf) < n {
		clear(buf)
		buf = make([]byte, n)
	}
	buf = buf[:n]
	if _, err := io.ReadFull(r, buf); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return buf, err
	}
	return buf, nil
}

// appendFrame writes a frame behind dst: in one piece, so that it is sent as one.
func appendFrame(dst, payload []byte) ([]byte, error) {
	if len(payload) > maxFrame {
		return nil, fmt.Errorf("answer of %d octets does not fit a frame", len(payload))
	}
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(payload)))
	return append(dst, payload...), nil
}
