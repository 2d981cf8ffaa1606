package localapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/broker"
	"lanyard/broker/localapi/peer"
	"lanyard/broker/ticket"
)

// noTicket lets everybody wait who may, and has no ticket for anybody else.
type noTicket struct{}

var errNobody = errors.New("nobody is here")

func (noTicket) Get(ctx context.Context, _ ticket.Caller, a ticket.Ask) (broker.Ticket, error) {
	if a.Prompt {
		<-ctx.Done()
		return broker.Ticket{}, context.Cause(ctx)
	}
	return broker.Ticket{}, errNobody
}

// line is a caller on one end of a connection with fake time.
type line struct {
	nc   net.Conn
	in   *bufio.Reader
	stop context.CancelCauseFunc
	done chan struct{} // the connection is over at the agent's end
}

func connect(t *testing.T) *line {
	t.Helper()
	theirs, ours := net.Pipe()
	ctx, stop := context.WithCancelCause(context.Background())
	l := &line{nc: theirs, in: bufio.NewReader(theirs), stop: stop, done: make(chan struct{})}
	s := &Server{Tickets: noTicket{}, Log: slog.New(slog.DiscardHandler)}
	go func() {
		defer close(l.done)
		newConn(s, ours).serve(ctx, peer.Peer{Name: "test"})
	}()
	return l
}

func (l *line) say(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(l.nc, text); err != nil {
		t.Fatal(err)
	}
}

func (l *line) hear(t *testing.T, want ...string) {
	t.Helper()
	got, err := l.in.ReadString('\n')
	for _, w := range want {
		if err != nil || !strings.Contains(got, w) {
			t.Fatalf("heard %q, %v; want %s", got, err, w)
		}
	}
}

// over wants the connection closed, not before and not after a time.
func (l *line) over(t *testing.T, after time.Duration) {
	t.Helper()
	begin := time.Now()
	if _, err := l.in.ReadString('\n'); !errors.Is(err, io.EOF) {
		t.Fatalf("heard %v instead of the end", err)
	}
	if took := time.Since(begin); took != after {
		t.Fatalf("ended after %v, want %v", took, after)
	}
	<-l.done
}

func TestIdleLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connect(t).over(t, idleLimit)
	})
}

func TestARequestThatRunsIsNotIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connect(t)
		l.say(t, `{"v":1,"id":1,"op":"ticket","args":{"prompt":true}}`+"\n")
		time.Sleep(3 * idleLimit)
		l.say(t, `{"v":1,"id":2,"op":"ticket"}`+"\n")
		l.hear(t, `"id":2`, "INTERNAL")
		l.say(t, `{"v":1,"id":3,"op":"cancel","args":{"of":1}}`+"\n")
		first, _ := l.in.ReadString('\n')
		second, _ := l.in.ReadString('\n')
		if both := first + second; !strings.Contains(both, `{"id":3,"ok":{}}`) || !strings.Contains(both, `{"id":1,"error":{"code":"USER-ABORT"`) {
			t.Errorf("heard %s", both)
		}
		l.over(t, idleLimit)
	})
}

func TestASlowLineIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connect(t)
		said := make(chan struct{})
		go func() {
			defer close(said)
			for { // an octet now and then is no reason to wait longer
				if _, err := io.WriteString(l.nc, "x"); err != nil {
					return
				}
				time.Sleep(lineLimit / 7)
			}
		}()
		l.over(t, lineLimit)
		<-said
	})
}

func TestACallerWhoTakesNoAnswerIsHungUpOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connect(t)
		l.say(t, `{"v":1,"id":1,"op":"ticket"}`+"\n")
		begin := time.Now()
		<-l.done
		if took := time.Since(begin); took != sendLimit {
			t.Errorf("hung up after %v", took)
		}
	})
}

func TestTooLongALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connect(t)
		go func() { _, _ = io.WriteString(l.nc, strings.Repeat("x", 2*MaxRequest)) }()
		l.hear(t, `"id":0`, "REQ-UNREADABLE", "64 kB")
		l.over(t, 0)
	})
}

func TestAfterABadLineTheNextIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connect(t)
		l.say(t, "rubbish\n")
		l.hear(t, `"id":0`, "REQ-UNREADABLE", "not JSON at octet 1")
		l.say(t, `{"v":1,"id":1,"op":"ticket","args":{"prompt":true}}`+"\n")
		l.say(t, `{"v":1,"id":1,"op":"ticket","args":{"prompt":true}}`+"\n")
		l.hear(t, `"id":1`, "REQ-UNREADABLE", "not answered yet")
		_ = l.nc.Close()
		<-l.done
	})
}

func TestTooManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := connect(t)
		for i := 1; i <= maxCalls; i++ {
			l.say(t, fmt.Sprintf(`{"v":1,"id":%d,"op":"ticket","args":{"prompt":true}}`+"\n", i))
		}
		l.say(t, `{"v":1,"id":1000,"op":"ticket"}`+"\n")
		l.hear(t, `"id":1000`, "AGENT-BUSY")
		l.stop(errStopping)
		for range maxCalls {
			l.hear(t, "AGENT-STOPPING")
		}
		l.over(t, 0)
	})
}
