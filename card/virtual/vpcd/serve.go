package vpcd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// frameTime is how long the rest of a begun frame, or room for an answer, is
// waited for. Between frames the card waits without limit.
const frameTime = 10 * time.Second

// Card is what stands behind the contacts.
type Card interface {
	ATR() []byte
	PowerOn()
	PowerOff()
	Reset()
	// Transmit answers a command. An error is a card that is gone: the
	// connection ends with it. The command is wiped when Transmit has returned.
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// Serve is an inserted card: it answers on conn until the reader's end closes it
// (nil), ctx ends (its cause) or the card is gone (Transmit's error). It closes
// conn and leaves the card without power.
func Serve(ctx context.Context, conn net.Conn, c Card) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // wakes the read
	defer stop()
	defer c.PowerOff()
	defer conn.Close()

	err := serve(ctx, conn, c)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func serve(ctx context.Context, conn net.Conn, c Card) error {
	r := acked{conn: conn}
	begun := func() error { return conn.SetReadDeadline(time.Now().Add(frameTime)) }
	var frame, out []byte
	for {
		var err error
		if frame, err = readFrame(r, frame, begun); err != nil {
			clear(frame)
			return err
		}
		if err := conn.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
		answer, err := handle(ctx, c, frame)
		clear(frame) // there may have been a PIN in it
		if err != nil {
			return err
		}
		if answer == nil {
			continue
		}
		if out, err = appendFrame(out[:0], answer); err != nil {
			return err
		}
		if err := conn.SetWriteDeadline(time.Now().Add(frameTime)); err != nil {
			return err
		}
		if _, err := conn.Write(out); err != nil {
			return fmt.Errorf("answer to the virtual reader: %w", err)
		}
	}
}

// handle answers one frame; nil is no answer.
func handle(ctx context.Context, c Card, frame []byte) ([]byte, error) {
	if len(frame) > 1 {
		return c.Transmit(ctx, frame)
	}
	switch frame[0] {
	case controlOff:
		c.PowerOff()
	case controlOn:
		c.PowerOn()
	case controlReset:
		c.Reset()
	case controlATR:
		return c.ATR(), nil
	default:
		return nil, fmt.Errorf("%w: control %d", ErrProtocol, frame[0])
	}
	return nil, nil
}

// acked reads from a connection and has the kernel acknowledge at once. The
// driver sends a frame in two pieces and waits for the acknowledgement of the
// first, which the kernel would hold back for 40 ms; the kernel forgets the
// setting, so it is made before every read.
type acked struct{ conn net.Conn }

func (a acked) Read(p []byte) (int, error) {
	if err := quickAck(a.conn); err != nil {
		return 0, err
	}
	return a.conn.Read(p)
}
