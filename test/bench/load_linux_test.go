package bench_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	connections = 16
	rounds      = 5
)

// requests is what one round sends: whole HTTP requests, written before the
// clock runs, so that the asking end is not what sets the pace.
type requests [][]byte

// wire writes a request out.
func wire(s *server, method, path, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/4.0(compatible;IE;GACv10. 0. 0. 1)\r\n", method, path, s.address)
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: text/xml; charset=UTF-8\r\nContent-Length: %d\r\n", len(body))
	}
	fmt.Fprintf(&b, "\r\n%s", body)
	return b.Bytes()
}

// load sends requests over kept TLS 1.3 connections, each connection one after
// the other, and returns the server's CPU time for each and the part of the
// wall time in which the server had its core. want must stand in every answer.
func (s *server) load(all requests, want string) (each time.Duration, busy float64) {
	s.b.Helper()
	open := make([]*tls.Conn, connections)
	for i := range open {
		c, err := tls.Dial("tcp", s.address, s.tls)
		check(s.b, err)
		defer c.Close()
		open[i] = c
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	faults := make([]error, connections)
	before, begin := s.cpu(), time.Now()
	for i, c := range open {
		wg.Go(func() { faults[i] = ask(c, all, &next, []byte(want)) })
	}
	wg.Wait()
	took, wall := s.cpu()-before, time.Since(begin)
	if err := errors.Join(faults...); err != nil {
		s.b.Fatalf("%s: %v", s.name, err)
	}
	return took / time.Duration(len(all)), float64(took) / float64(wall)
}

// ask is one connection's share.
func ask(c *tls.Conn, all requests, next *atomic.Int64, want []byte) error {
	in := bufio.NewReaderSize(c, 32<<10)
	var body bytes.Buffer
	for {
		i := int(next.Add(1)) - 1
		if i >= len(all) {
			return nil
		}
		if _, err := c.Write(all[i]); err != nil {
			return err
		}
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return err
		}
		body.Reset()
		if _, err = body.ReadFrom(res.Body); err != nil {
			return err
		}
		if !bytes.Contains(body.Bytes(), want) {
			return fmt.Errorf("answer %s: %s", res.Status, body.Bytes())
		}
	}
}

// aside moves the asking end off the servers' core for as long as the benchmark
// runs. With one core there is nowhere to go; CPU time is then still the
// server's own.
func aside(b *testing.B) {
	b.Helper()
	var all, others unix.CPUSet
	check(b, unix.SchedGetaffinity(0, &all))
	others = all
	others.Clear(0)
	if others.Count() == 0 {
		return
	}
	move(b, &others)
	procs := runtime.GOMAXPROCS(others.Count())
	b.Cleanup(func() {
		runtime.GOMAXPROCS(procs)
		move(b, &all)
	})
}

// move gives every thread of this process its cores; a thread that begins later
// has those of the one that began it.
func move(b *testing.B, cores *unix.CPUSet) {
	b.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	check(b, err)
	for _, t := range tasks {
		tid, err := strconv.Atoi(t.Name())
		check(b, err)
		if err := unix.SchedSetaffinity(tid, cores); err != nil && !errors.Is(err, unix.ESRCH) {
			b.Fatal(err)
		}
	}
}
