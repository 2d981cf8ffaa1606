package bench_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/localapi"
	"lanyard/broker/ticket"
	"lanyard/card"
	"lanyard/test/realmtest"
)

// BenchmarkTicket asks a signed-on agent for tickets over its socket, in turn
// with a bare socket that echoes the same octets to as many connections. Both
// ends of both are in this process, so that both rates bear the asking end, too.
func BenchmarkTicket(b *testing.B) {
	d := sit(b, realmtest.Start(b, realmtest.Options{}), drawerSlot)
	d.insert(b)
	asked := d.until(b, "the question for the passcode", asks)
	check(b, d.Do(b.Context(), agent.SubmitPIN{Gen: asked.Card.Gen, PIN: card.NewPIN([]byte(realmtest.PIN()))}))
	d.until(b, "the session", signedOn)
	agentAt := serveTickets(b, d.Agent)
	probe := newAsker(b, agentAt)
	answer, err := probe.ask()
	check(b, err)
	echoAt := serveEcho(b, answer)
	for _, conns := range []int{1, 16} {
		b.Run(fmt.Sprintf("connections=%d", conns), func(b *testing.B) { askers(b, agentAt, echoAt, conns) })
	}
}

// askers lets both answer, in turn.
func askers(b *testing.B, agentAt, echoAt string, conns int) {
	const each = 200 // questions of a connection at a time
	ours, bare := make([]*asker, conns), make([]*asker, conns)
	for i := range conns {
		ours[i], bare[i] = newAsker(b, agentAt), newAsker(b, echoAt)
	}
	var tickets, echoes series
	for b.Loop() {
		tickets = append(tickets, askAll(b, ours, each))
		echoes = append(echoes, askAll(b, bare, each))
	}
	n := float64(conns*each) * 1e6
	b.ReportMetric(n/tickets.micros(), "tickets/s")
	b.ReportMetric(n/echoes.micros(), "echoes/s")
	b.ReportMetric(tickets.times(echoes), "x-echo")
	b.ReportMetric(0, "ns/op")
}

// askAll has every connection ask so many times, one answer after the other.
func askAll(b *testing.B, all []*asker, times int) time.Duration {
	b.Helper()
	faults := make(chan error, len(all))
	begin := time.Now()
	for _, a := range all {
		go func() {
			for range times {
				if _, err := a.ask(); err != nil {
					faults <- err
					return
				}
			}
			faults <- nil
		}()
	}
	for range all {
		check(b, <-faults)
	}
	return time.Since(begin)
}

// asker is one connection of an application.
type asker struct {
	nc net.Conn
	in *bufio.Reader
}

const question = `{"v":1,"id":1,"op":"ticket"}` + "\n"

func newAsker(b *testing.B, address string) *asker {
	b.Helper()
	nc, err := net.Dial("unix", address)
	check(b, err)
	b.Cleanup(func() { _ = nc.Close() })
	return &asker{nc: nc, in: bufio.NewReader(nc)}
}

// ask asks for a ticket; the answer is good until the next one.
func (a *asker) ask() ([]byte, error) {
	if _, err := io.WriteString(a.nc, question); err != nil {
		return nil, err
	}
	line, err := a.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	const good = `{"id":1,"ok":`
	if len(line) < len(good) || string(line[:len(good)]) != good {
		return nil, fmt.Errorf("no ticket in an answer of %d octets", len(line))
	}
	return line, nil
}

// serveTickets opens the agent's socket.
func serveTickets(b *testing.B, a *agent.Agent) string {
	b.Helper()
	address := filepath.Join(b.TempDir(), "agent.sock")
	l, err := localapi.Listen(b.Context(), address)
	check(b, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	served := make(chan error, 1)
	s := &localapi.Server{Agent: a, Tickets: ticket.New(a, silent), Log: silent}
	go func() { served <- s.Serve(ctx, l) }()
	b.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			b.Error(err)
		}
	})
	return address
}

// serveEcho answers every line with the same octets, a goroutine for each
// connection.
func serveEcho(b *testing.B, answer []byte) string {
	b.Helper()
	answer = append([]byte(nil), answer...)
	address := filepath.Join(b.TempDir(), "echo.sock")
	l, err := net.Listen("unix", address)
	check(b, err)
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { echo(nc, answer) })
		}
	})
	b.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return address
}

func echo(nc net.Conn, answer []byte) {
	defer func() { _ = nc.Close() }()
	for in := bufio.NewReader(nc); ; {
		if _, err := in.ReadSlice('\n'); err != nil {
			return
		}
		if _, err := nc.Write(answer); err != nil {
			return
		}
	}
}
