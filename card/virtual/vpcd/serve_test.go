package vpcd

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var errGone = errors.New("card is gone")

// recorder is a card that writes down what happened to it, answers a command
// with the command and is gone at the command FFFF.
type recorder struct {
	mu     sync.Mutex
	events []string
	held   chan struct{} // when not nil, Transmit waits for ctx
}

func (r *recorder) note(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, s)
}

func (r *recorder) ATR() []byte { return []byte{0x3B, 0x00} }
func (r *recorder) PowerOn()    { r.note("on") }
func (r *recorder) PowerOff()   { r.note("off") }
func (r *recorder) Reset()      { r.note("reset") }

func (r *recorder) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if r.held != nil {
		close(r.held)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	if bytes.Equal(command, []byte{0xFF, 0xFF}) {
		return nil, errGone
	}
	r.note(hex.EncodeToString(command))
	return slices.Concat([]byte{0xAA}, command), nil
}

// insert serves a recorder over TCP and returns the reader's end of it.
func insert(t *testing.T, ctx context.Context, r *recorder) (net.Conn, <-chan error) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	card, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = reader.Close() })
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, card, r) }()
	return reader, done
}

func ask(t *testing.T, conn net.Conn, frame string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(frame)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(raw); err != nil {
		t.Fatal(err)
	}
	answer, err := readFrame(conn, nil, func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestFramesOfAReader(t *testing.T) {
	r := &recorder{}
	reader, done := insert(t, t.Context(), r)
	// Power on, reset and off get no answer; the ATR behind them does.
	for range 2 {
		if got := ask(t, reader, "0001010001020001000001"+"04"); !bytes.Equal(got, []byte{0x3B, 0x00}) {
			t.Fatalf("ATR %X", got)
		}
	}
	if got := ask(t, reader, "000400200080"); !bytes.Equal(got, []byte{0xAA, 0, 0x20, 0, 0x80}) {
		t.Fatalf("answer %X", got)
	}
	_ = reader.Close()
	if err := <-done; err != nil {
		t.Errorf("reader closed: %v", err)
	}
	want := []string{"on", "reset", "off", "on", "reset", "off", "00200080", "off"}
	if !slices.Equal(r.events, want) {
		t.Errorf("events %v, want %v", r.events, want)
	}
}

// The driver sends length and payload apart and with Nagle's algorithm on; the
// second piece must not wait for a delayed acknowledgement.
func TestAcknowledgedAtOnce(t *testing.T) {
	reader, done := insert(t, t.Context(), &recorder{})
	if err := reader.(*net.TCPConn).SetNoDelay(false); err != nil {
		t.Fatal(err)
	}
	const n = 50
	start := time.Now()
	for range n {
		for _, piece := range [][]byte{{0x00, 0x04}, {0x00, 0x20, 0x00, 0x80}} {
			if _, err := reader.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := readFrame(reader, nil, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if each := time.Since(start) / n; each > 20*time.Millisecond {
		t.Errorf("a command takes %v: acknowledgements are held back", each)
	}
	_ = reader.Close()
	<-done
}

func TestHowServingEnds(t *testing.T) {
	why := errors.New("pulled")
	for _, c := range []struct {
		name string
		send string
		want error
	}{
		{"the card is gone", "0002FFFF", errGone},
		{"a frame of nothing", "0000", ErrProtocol},
		{"a control that there is not", "000107", ErrProtocol},
		{"closed inside a frame", "0004AA", io.ErrUnexpectedEOF},
		{"closed inside a length", "00", io.ErrUnexpectedEOF},
		{"closed between frames", "000101", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &recorder{}
			reader, done := insert(t, t.Context(), r)
			raw, _ := hex.DecodeString(c.send)
			if _, err := reader.Write(raw); err != nil {
				t.Fatal(err)
			}
			_ = reader.(*net.TCPConn).CloseWrite()
			if err := <-done; !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if n := len(r.events); n == 0 || r.events[n-1] != "off" {
				t.Errorf("card keeps its power: %v", r.events)
			}
		})
	}
	t.Run("pulled between commands", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		_, done := insert(t, ctx, &recorder{})
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("%v, want the cause", err)
		}
	})
	t.Run("pulled inside a command", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		r := &recorder{held: make(chan struct{})}
		reader, done := insert(t, ctx, r)
		if _, err := reader.Write([]byte{0, 4, 0, 0x20, 0, 0x80}); err != nil {
			t.Fatal(err)
		}
		<-r.held
		cancel(why)
		if err := <-done; !errors.Is(err, why) {
			t.Errorf("%v, want the cause", err)
		}
		if _, err := reader.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("connection stays open: %v", err)
		}
	})
}

func TestAnswerThatFitsNoFrame(t *testing.T) {
	if _, err := appendFrame(nil, make([]byte, maxFrame+1)); err == nil {
		t.Error("written")
	}
}

func FuzzFrames(f *testing.F) {
	for _, s := range []string{"000104", "000101000102000400200080", "0000", "FFFF00", "0001"} {
		raw, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		var frame []byte
		for {
			left := r.Len()
			var err error
			frame, err = readFrame(r, frame, func() error { return nil })
			if err != nil {
				if errors.Is(err, io.EOF) && left > 0 {
					t.Fatalf("%d octets are no clean end", left)
				}
				return
			}
			again, err := appendFrame(nil, frame)
			if err != nil || len(again) != left-r.Len() {
				t.Fatalf("frame of %d octets took %d: %v", len(again), left-r.Len(), err)
			}
			if _, err := handle(t.Context(), &recorder{}, frame); err != nil && !errors.Is(err, ErrProtocol) && !errors.Is(err, errGone) {
				t.Fatal(err)
			}
		}
	})
}
