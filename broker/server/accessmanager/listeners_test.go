package accessmanager_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/server/accessmanager"
	"lanyard/broker/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box takes what is posted.
type box struct {
	mu    sync.Mutex
	posts []string
}

func (*box) Check(string) error { return nil }

func (b *box) Send(address string, body []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts = append(b.posts, address+" "+string(body))
	return nil
}

func (b *box) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.posts...)
}

// one is a service of one session on the bubble's clock, which it tells the
// end of when somebody looks, as the real one does.
type one struct {
	mu   sync.Mutex
	sess session.Session
	tell func(*session.Session)
	down bool
}

func (*one) Ticket(string, session.Imprint) (broker.Ticket, error) {
	return broker.NewTicket("AQICticket"), nil
}

func (o *one) Lookup(context.Context, string, session.Touch) (*session.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.sess
	switch {
	case o.down:
		return nil, errors.New("store is down")
	case s.End != session.Live:
		return &s, session.ErrTimedOut
	case !time.Now().Before(s.LastUsed.Add(s.IdleAfter)):
		o.sess.End, o.sess.EndedAt = session.IdleTimeout, time.Now()
		s = o.sess
		o.tell(&s)
		return &s, session.ErrTimedOut
	}
	return &s, nil
}

func (o *one) set(change func(*one)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(o)
}

// TestTimeouts: a listener is told of a time-out though nobody asks about the
// session, when its time has really passed.
func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		post := &box{}
		l := accessmanager.NewListeners(post, slog.New(slog.DiscardHandler), time.Now)
		now := time.Now()
		o := &one{tell: l.Tell, sess: session.Session{
			ID: "s", UID: "900000000017", Created: now, LastUsed: now, IdleAfter: time.Hour, MaxAfter: 10 * time.Hour,
			Listeners: []session.Listener{{URL: "https://app.example/"}},
		}}
		l.Tokens = o
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		l.Expect(&o.sess, "AQICticket")
		time.Sleep(30 * time.Minute)
		o.set(func(o *one) { o.sess.LastUsed = time.Now() })
		time.Sleep(59 * time.Minute)
		o.set(func(o *one) { o.down = true })
		synctest.Wait()
		if got := post.all(); len(got) != 0 {
			t.Fatalf("told too early: %q", got)
		}
		time.Sleep(2 * time.Minute)
		o.set(func(o *one) { o.down = false })
		time.Sleep(time.Minute)
		synctest.Wait()
		got := post.all()
		if len(got) != 1 || !strings.Contains(got[0], `<Session sid="AQICticket" `) || !strings.Contains(got[0], ` state="invalid">`) || !strings.Contains(got[0], "</Session><Type>1</Type><Time>") {
			t.Errorf("%q", got)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
