package ui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/words"
)

// board shows notifications, or has lost its service.
type board struct {
	mu   sync.Mutex
	sent []string
	lost bool
	seen map[card.TokenID]int
}

func (b *board) Watch(ctx context.Context, tell func(bool)) {
	tell(true)
	<-ctx.Done()
}

func (b *board) Send(_ context.Context, title, _ string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost {
		return errors.New("nobody shows it")
	}
	b.sent = append(b.sent, title)
	return nil
}

func (b *board) Load(context.Context) (map[card.TokenID]int, error) {
	return map[card.TokenID]int{"0011224417": 90}, nil
}

func (b *board) Save(_ context.Context, warned map[card.TokenID]int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = warned
	return nil
}

// served is a hand whose desktop shows notifications.
func served(t *testing.T) (*hand, *board) {
	t.Helper()
	h, b := sitDown(t), &board{}
	h.s.c.Notices, h.s.c.Seen = b, b
	h.s.notices.set(true)
	h.s.notices.warned = map[card.TokenID]int{}
	return h, b
}

// work does what the notices' own goroutine would.
func (h *hand) work() {
	for _, f := range h.s.notices.take() {
		f(h.t.Context())
	}
}

func (b *board) want(t *testing.T, titles ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if got := strings.Join(b.sent, "; "); got != strings.Join(titles, "; ") {
		t.Errorf("shown %q, want %q", got, titles)
	}
}

// over is the end of a session whose card is out.
func over() agent.Snapshot {
	return agent.Snapshot{Phase: agent.NoCard, Problem: &agent.Problem{Code: failure.SessionEnded}}
}

func TestNotices(t *testing.T) {
	h, b := served(t)
	h.s.show(works())
	h.s.show(over())
	h.work()
	b.want(t, "Your session ended at 08:00")
	h.at(works())
	h.s.show(over())
	h.work()
	b.want(t, "Your session ended at 08:00")
}

// noted tells whether the desk's window shows what a notification would say.
func (h *hand) noted() bool { return h.s.notices.left != nil }

func TestWithoutNotificationsTheWindowTells(t *testing.T) {
	h, b := served(t)
	h.s.notices.set(false)
	h.s.show(works())
	h.s.show(over())
	h.work()
	b.want(t)
	if !h.noted() {
		t.Error("nobody is told")
	}
	h.s.show(works())
	if h.noted() {
		t.Error("it is told though all has changed")
	}

	h, b = served(t)
	b.lost = true
	h.s.show(works())
	h.s.show(over())
	h.work()
	if !h.noted() {
		t.Error("what the service did not show is told by nobody")
	}
}

func TestEndOfCardIsRemembered(t *testing.T) {
	h, b := served(t)
	soon := works(func(s *agent.Snapshot) { s.Card.Expires = h.now.AddDate(0, 0, 20) })
	h.s.show(soon)
	h.work()
	h.s.show(soon)
	h.work()
	if len(b.sent) != 1 || b.seen["0011224417"] != 30 {
		t.Errorf("shown %q, remembered %v", b.sent, b.seen)
	}
}

// TestTheServerIsMissedInTime holds that the notice of a lost server needs no
// further snapshot, that what was told before is loaded, and that all ends.
func TestTheServerIsMissedInTime(t *testing.T) {
	h, b := served(t)
	synctest.Test(t, func(t *testing.T) {
		h.s.c.Now = time.Now
		h.s.notices.warned = nil
		n := newNotices(h.s)
		n.probed, n.can = true, true
		h.s.notices = n
		ctx, cancel := context.WithCancel(t.Context())
		h.s.snap = works(func(s *agent.Snapshot) { s.Phase, s.Links.Server = agent.Offline, agent.LinkBroken })
		done := make(chan struct{})
		go func() { n.run(ctx); close(done) }()
		synctest.Wait()
		if n.warned["0011224417"] != 90 {
			t.Errorf("loaded %v", n.warned)
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		b.want(t)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		b.want(t, words.Book{}.Text(words.ServerSilent))
		cancel()
		<-done
	})
}
