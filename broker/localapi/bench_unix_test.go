//go:build unix

package localapi

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/ticket"
)

// oneTicket has a ticket for everybody, so that the socket alone is measured.
type oneTicket struct{ agent.Desk }

func (oneTicket) Get(context.Context, ticket.Caller, ticket.Ask) (broker.Ticket, error) {
	return broker.NewTicket("AQICABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOP=@AAJTSQACMDE=#"), nil
}
func (oneTicket) Assertion(context.Context) ([]byte, error)        { return nil, nil }
func (oneTicket) Sessions(context.Context) ([]broker.Place, error) { return nil, nil }
func (oneTicket) EndSession(context.Context, string) error         { return nil }

// BenchmarkTicket asks for tickets over a kept connection, in turn with an echo
// of as many octets over a bare socket, and tells both rates and their ratio.
func BenchmarkTicket(b *testing.B) {
	const question = `{"v":1,"id":1,"op":"ticket"}` + "\n"
	dir := b.TempDir()
	address := filepath.Join(dir, "agent.sock")
	l, err := Listen(context.Background(), address)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	s := &Server{Agent: oneTicket{}, Tickets: oneTicket{}, Log: slog.New(slog.DiscardHandler)}
	go func() { served <- s.Serve(ctx, l) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			b.Error(err)
		}
	}()
	ours := newAsker(b, address, question)
	echoes := echo(b, filepath.Join(dir, "echo.sock"))
	theirs := newAsker(b, echoes, question)

	var mine, bare time.Duration
	const each = 200
	for b.Loop() {
		mine += ours.ask(each)
		bare += theirs.ask(each)
	}
	n := float64(b.N * each)
	b.ReportMetric(n/mine.Seconds(), "tickets/s")
	b.ReportMetric(n/bare.Seconds(), "echoes/s")
	b.ReportMetric(mine.Seconds()/bare.Seconds(), "x-echo")
	b.ReportMetric(0, "ns/op")
}

// asker sends a line and waits for one.
type asker struct {
	b        *testing.B
	nc       net.Conn
	in       *bufio.Reader
	question string
}

func newAsker(b *testing.B, address, question string) *asker {
	nc, err := net.Dial("unix", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = nc.Close() })
	return &asker{b: b, nc: nc, in: bufio.NewReader(nc), question: question}
}

func (a *asker) ask(times int) time.Duration {
	begin := time.Now()
	for range times {
		if _, err := io.WriteString(a.nc, a.question); err != nil {
			a.b.Fatal(err)
		}
		if line, err := a.in.ReadSlice('\n'); err != nil || line[0] != '{' {
			a.b.Fatalf("%q, %v", line, err)
		}
	}
	return time.Since(begin)
}

// echo answers a line with as many octets as a ticket's answer has.
func echo(b *testing.B, address string) string {
	l, err := net.Listen("unix", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	answer := make([]byte, 130)
	answer[0], answer[len(answer)-1] = '{', '\n'
	go func() {
		nc, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = nc.Close() }()
		for in := bufio.NewReader(nc); ; {
			if _, err := in.ReadSlice('\n'); err != nil {
				return
			}
			if _, err := nc.Write(answer); err != nil {
				return
			}
		}
	}()
	return address
}
