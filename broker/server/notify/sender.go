package notify

import (
	"container/heap"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// The rhythm and the bounds of deliveries.
const (
	tryFor     = 10 * time.Minute // from the first try to the last
	firstPause = time.Second      // doubles with each try
	maxPause   = time.Minute
	tryWithin  = 5 * time.Second // one try
	atOnce     = 16              // tries at a time
	maxPending = 4096            // deliveries that are not done
)

// ErrFull means that too many deliveries wait already.
var ErrFull = errors.New("too many notifications wait to be delivered")

// Config is what a sender is made of.
type Config struct {
	// Hosts may be posted to: "app.example" at its scheme's own port,
	// "app.example:8443" at that one. Each is matched exactly.
	Hosts []string
	TLS   *tls.Config // nil: the system's authorities
	Log   *slog.Logger
}

// Sender delivers documents. It is safe for concurrent use.
type Sender struct {
	hosts   map[string]struct{}
	client  *http.Client
	log     *slog.Logger
	pending atomic.Int64
	in      chan *delivery // new ones, and those to be tried again
	ready   chan *delivery
}

// delivery is one document on its way.
type delivery struct {
	to    target
	body  []byte
	at    time.Time // of the next try
	until time.Time
	pause time.Duration
}

// New makes a sender. It sends nothing before [Sender.Run].
func New(c Config) *Sender {
	s := &Sender{
		hosts: make(map[string]struct{}, len(c.Hosts)), client: newClient(c.TLS), log: c.Log,
		in: make(chan *delivery, maxPending), ready: make(chan *delivery),
	}
	for _, h := range c.Hosts {
		s.hosts[lower(h)] = struct{}{}
	}
	return s
}

// Send takes a document for an address that [Sender.Check] takes. It never
// waits.
func (s *Sender) Send(address string, body []byte) error {
	to, err := s.target(address)
	if err != nil {
		return err
	}
	if s.pending.Add(1) > maxPending {
		s.pending.Add(-1)
		return ErrFull
	}
	now := time.Now()
	s.in <- &delivery{to: to, body: body, at: now, until: now.Add(tryFor), pause: firstPause} // has room for all that are pending
	return nil
}

// Run delivers until ctx ends, and tells in the log what it leaves undone.
func (s *Sender) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for range atOnce {
		g.Go(func() error { return s.work(ctx) })
	}
	g.Go(func() error { return s.schedule(ctx) })
	err := g.Wait()
	s.client.CloseIdleConnections()
	if n := s.pending.Load(); n > 0 {
		s.log.WarnContext(context.WithoutCancel(ctx), "notifications were not delivered before the end", "count", n)
	}
	return err
}

// schedule gives each delivery to a worker when its time has come.
func (s *Sender) schedule(ctx context.Context) error {
	var waiting queue
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var next *delivery
		var ready chan *delivery
		timer.Stop()
		if len(waiting) > 0 {
			if next = waiting[0]; time.Now().Before(next.at) {
				timer.Reset(time.Until(next.at))
			} else {
				ready = s.ready
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case d := <-s.in:
			heap.Push(&waiting, d)
		case ready <- next:
			heap.Pop(&waiting)
		case <-timer.C:
		}
	}
}

// work tries deliveries, and gives back what has to be tried again.
func (s *Sender) work(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case d := <-s.ready:
			if s.attempt(ctx, d) {
				s.in <- d
			} else if ctx.Err() == nil {
				s.pending.Add(-1)
			}
		}
	}
}

// attempt tries once and tells whether to try again.
func (s *Sender) attempt(ctx context.Context, d *delivery) (again bool) {
	err := s.post(ctx, d)
	switch {
	case ctx.Err() != nil:
		return false
	case err == nil:
		s.log.DebugContext(ctx, "listener was told", "host", d.to.host)
		return false
	}
	d.at = time.Now().Add(d.pause)
	d.pause = min(2*d.pause, maxPause)
	if d.at.After(d.until) {
		s.log.WarnContext(ctx, "listener was not told: it did not answer OK in time", "host", d.to.host, "error", err)
		return false
	}
	s.log.DebugContext(ctx, "listener is told again later", "host", d.to.host, "error", err)
	return true
}

// queue is a heap of deliveries, the soonest first.
type queue []*delivery

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements [heap.Interface].
func (q *queue) Push(x any) { *q = append(*q, x.(*delivery)) }

// Pop implements [heap.Interface].
func (q *queue) Pop() any {
	last := len(*q) - 1
	d := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return d
}
