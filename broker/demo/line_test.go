//go:build unix

package demo

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"
)

// echo is a server that says everything back; it ends with the test.
func echo(t *testing.T) net.Addr {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(c, c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = ln.Close()
		<-ended
	})
	return ln.Addr()
}

func aLine(t *testing.T) *line {
	t.Helper()
	l, err := lay(t.Context(), "127.0.0.1:0", echo(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func call(t *testing.T, l *line) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp", l.addr, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// say sends a word and waits for it to come back.
func say(c net.Conn) error {
	if _, err := c.Write([]byte("word")); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, 4))
	return err
}

func TestSlowLine(t *testing.T) {
	l := aLine(t)
	c := call(t, l)
	if err := say(c); err != nil {
		t.Fatal(err)
	}
	l.setSlow(true)
	begin := time.Now()
	if err := say(c); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begin); d < slowness {
		t.Errorf("answered after %v", d)
	}
	// What is under way is let go when the line is quick again.
	begin = time.Now()
	if _, err := c.Write([]byte("word")); err != nil {
		t.Fatal(err)
	}
	l.setSlow(false)
	if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(begin); d >= slowness {
		t.Errorf("let go after %v", d)
	}
}

func TestLineAway(t *testing.T) {
	l := aLine(t)
	c, addr := call(t, l), l.addr
	if err := say(c); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := l.setAway(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	if err := say(c); err == nil {
		t.Error("a connection outlives the line")
	}
	if _, err := net.DialTimeout("tcp", addr, 5*time.Second); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a new one: %v", err)
	}
	for range 2 {
		if err := l.setAway(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	if l.addr != addr {
		t.Errorf("back at %s, was at %s", l.addr, addr)
	}
	if err := say(call(t, l)); err != nil {
		t.Error(err)
	}
}

// TestLineWhosePortIsTaken cannot come back, and says so.
func TestLineWhosePortIsTaken(t *testing.T) {
	l := aLine(t)
	if err := l.setAway(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", l.addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.setAway(t.Context(), false); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v", err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.setAway(t.Context(), false); err != nil {
		t.Error(err)
	}
}

func TestLineIsForLoopback(t *testing.T) {
	if _, err := lay(t.Context(), "0.0.0.0:0", echo(t), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("served to everybody")
	}
}
