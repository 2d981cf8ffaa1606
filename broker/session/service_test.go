package session_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const nurse broker.UID = "900000000017"

// bench is a service on a real file, with a clock that the test moves. Writes
// are counted, and can be made to fail, on their way to the file.
type bench struct {
	*session.Service
	t     *testing.T
	conf  session.Config
	store *tap
	path  string
	ns    atomic.Int64
}

// tap is the file store with a counter and a switch in front of it.
type tap struct {
	session.Store
	writes, reads atomic.Int64
	down          atomic.Bool
	gone          atomic.Bool            // of the record, from the store alone
	between       atomic.Pointer[func()] // done once, when a change is made and not written yet
}

var errDown = errors.New("disk is gone")

func (s *tap) Update(ctx context.Context, key string, fn func(session.Record) (session.Record, error)) (session.Record, error) {
	s.writes.Add(1)
	if s.down.Load() {
		return session.Record{}, errDown
	}
	if s.gone.Load() {
		return session.Record{}, session.ErrNotFound
	}
	between := s.between.Swap(nil)
	return s.Store.Update(ctx, key, func(r session.Record) (session.Record, error) {
		r, err := fn(r)
		if between != nil {
			(*between)()
			between = nil
		}
		return r, err
	})
}

func (s *tap) Get(ctx context.Context, key string) (session.Record, error) {
	s.reads.Add(1)
	return s.Store.Get(ctx, key)
}

func (b *bench) now() time.Time { return time.Unix(0, b.ns.Load()) }

func (b *bench) forward(d time.Duration) { b.ns.Add(int64(d)) }

func start(t *testing.T, limit session.Limit) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "sessions.db")}
	b.ns.Store(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC).UnixNano())
	b.conf = session.Config{
		Keys:  session.Keys{Current: session.NewKey()},
		Times: session.Times{Idle: time.Hour, Max: 10 * time.Hour},
		Limit: limit,
		Log:   slog.New(slog.DiscardHandler),
		Now:   b.now,
	}
	b.open()
	t.Cleanup(func() { b.crash() })
	return b
}

func (b *bench) open() {
	b.t.Helper()
	file, err := bolt.Open(b.t.Context(), b.path, bolt.Options{Now: b.now})
	if err != nil {
		b.t.Fatal(err)
	}
	b.store = &tap{Store: file}
	b.conf.Store = b.store
	if b.Service, err = session.New(b.conf); err != nil {
		b.t.Fatal(err)
	}
}

// crash closes the file without closing the service.
func (b *bench) crash() {
	if err := b.store.Close(); err != nil {
		b.t.Error(err)
	}
}

func (b *bench) signOn() (*session.Session, string) {
	b.t.Helper()
	sess, ticket, err := b.Create(b.t.Context(), session.SignOn{UID: nurse, Device: "DESK", Client: "test", CertSHA256: "ab"})
	if err != nil {
		b.t.Fatal(err)
	}
	return sess, ticket.Reveal()
}

// want looks at the session of a token without using it.
func (b *bench) want(token string, err error, why session.EndReason) {
	b.t.Helper()
	b.wantTouch(token, session.Peek, err, why)
}

func (b *bench) use(token string, err error, why session.EndReason) {
	b.t.Helper()
	b.wantTouch(token, session.Use, err, why)
}

func (b *bench) wantTouch(token string, touch session.Touch, want error, why session.EndReason) {
	b.t.Helper()
	sess, err := b.Lookup(b.t.Context(), token, touch)
	if !errors.Is(err, want) {
		b.t.Fatalf("lookup: %v, want %v", err, want)
	}
	if errors.Is(want, session.ErrUnknown) || errors.Is(want, session.ErrUnreadable) {
		if sess != nil {
			b.t.Fatalf("session %+v with %v", sess, err)
		}
		return
	}
	if sess.End != why {
		b.t.Fatalf("end is %v, want %v", sess.End, why)
	}
}

func TestLife(t *testing.T) {
	b := start(t, session.Limit{})
	made, token := b.signOn()
	if made.UID != nurse || made.Device != "DESK" || made.Client != "test" || made.CertSHA256 != "ab" || !made.LastUsed.IsZero() {
		t.Errorf("created %+v", made)
	}
	if !made.AuthTime.Equal(b.now()) || !made.Created.Equal(b.now()) || made.Role != "" {
		t.Errorf("created %+v", made)
	}
	if strings.Contains(strings.ToLower(token), made.ID) {
		t.Error("the token shows the id")
	}
	b.forward(time.Minute)
	sess, err := b.SelectRole(t.Context(), token, "555", broker.TrainingMode)
	if err != nil || sess.Role != "555" || sess.Mode != broker.TrainingMode || !sess.LastUsed.Equal(b.now()) {
		t.Fatalf("after role selection %+v, %v", sess, err)
	}
	sess, err = b.Lookup(t.Context(), token, session.Peek)
	if err != nil || sess.Role != "555" || sess.ID != made.ID {
		t.Fatalf("lookup %+v, %v", sess, err)
	}
	sess.Role = "mine" // a copy
	ended, err := b.End(t.Context(), token, session.LoggedOut)
	if err != nil || ended.End != session.LoggedOut || ended.Role != "555" || !ended.EndedAt.Equal(b.now()) {
		t.Fatalf("ended %+v, %v", ended, err)
	}
	b.use(token, session.ErrEnded, session.LoggedOut)
	again, err := b.End(t.Context(), token, session.Destroyed)
	if !errors.Is(err, session.ErrEnded) || again.End != session.LoggedOut {
		t.Errorf("second end %+v, %v", again, err)
	}
	if _, err := b.SelectRole(t.Context(), token, "666", broker.LiveMode); !errors.Is(err, session.ErrEnded) {
		t.Errorf("role of an ended session: %v", err)
	}
	if _, err := b.End(t.Context(), "forged", session.LoggedOut); !errors.Is(err, session.ErrUnreadable) {
		t.Errorf("end of a forged token: %v", err)
	}
}

func TestForgedTokensAskNobody(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	b.store.reads.Store(0)
	b.want(token[:10]+"A"+token[11:]+"x", session.ErrUnreadable, 0)
	b.want("AQIC5wM2LY4Sfcw=@AAJTSQACMDE=#", session.ErrUnreadable, 0)
	if n := b.store.reads.Load(); n != 0 {
		t.Errorf("%d reads of the store for forged tokens", n)
	}
}

func TestTimes(t *testing.T) {
	type step struct {
		after time.Duration
		touch session.Touch
		end   session.EndReason
	}
	const live = session.Live
	tests := map[string][]step{
		"unused":               {{5*time.Minute - 1, session.Peek, live}, {1, session.Use, session.UnusedTimeout}},
		"looks are no use":     {{4 * time.Minute, session.Peek, live}, {4 * time.Minute, session.Peek, session.UnusedTimeout}},
		"used once":            {{4 * time.Minute, session.Use, live}, {time.Hour - 1, session.Peek, live}, {1, session.Use, session.IdleTimeout}},
		"use keeps":            {{0, session.Use, live}, {50 * time.Minute, session.Use, live}, {50 * time.Minute, session.Peek, live}},
		"no later than max":    {{0, session.Use, live}, {50 * time.Minute, session.Use, live}, {2 * time.Hour, session.Use, session.IdleTimeout}},
		"clock set back after": {{6 * time.Minute, session.Peek, session.UnusedTimeout}, {-5 * time.Minute, session.Use, session.UnusedTimeout}},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			b := start(t, session.Limit{})
			_, token := b.signOn()
			for _, s := range steps {
				b.forward(s.after)
				var want error
				if s.end != live {
					want = session.ErrTimedOut
				}
				b.wantTouch(token, s.touch, want, s.end)
			}
		})
	}
}

func TestMaximum(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	for range 12 {
		b.use(token, nil, session.Live)
		b.forward(50 * time.Minute)
	}
	sess, err := b.Lookup(t.Context(), token, session.Use)
	if !errors.Is(err, session.ErrTimedOut) || sess.End != session.MaxTimeout || !sess.EndedAt.Equal(sess.Until()) {
		t.Fatalf("%+v, %v", sess, err)
	}
	b.forward(15 * time.Minute)
	b.want(token, session.ErrUnknown, 0)
	if _, err := b.End(t.Context(), token, session.LoggedOut); !errors.Is(err, session.ErrUnknown) {
		t.Errorf("end of a forgotten session: %v", err)
	}
}

func TestUsesAreCoalesced(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	for range 600 {
		b.use(token, nil, session.Live)
		b.forward(time.Second)
	}
	if n := b.store.writes.Load(); n < 10 || n > 11 {
		t.Errorf("%d writes for 600 uses in 10 minutes", n)
	}
	b.want(token, nil, session.Live) // writes the last use, which is due by now
	before := b.store.writes.Load()
	for range 100 {
		b.want(token, nil, session.Live)
	}
	if b.store.writes.Load() != before {
		t.Error("a look was written")
	}
	if n := b.store.reads.Load(); n != 0 {
		t.Errorf("%d reads of the store for a session in memory", n)
	}
}

func TestRestart(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	b.use(token, nil, session.Live)
	b.forward(30 * time.Second)
	b.use(token, nil, session.Live) // in memory only
	last := b.now()

	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.crash()
	b.open()
	sess, err := b.Lookup(t.Context(), token, session.Peek)
	if err != nil || !sess.LastUsed.Equal(last) {
		t.Fatalf("after a restart %+v, %v", sess, err)
	}

	b.forward(2 * time.Minute)
	b.use(token, nil, session.Live) // written
	b.forward(time.Minute - 1)
	b.use(token, nil, session.Live) // lost with the crash
	last = b.now()
	b.crash()
	b.open()
	sess, err = b.Lookup(t.Context(), token, session.Peek)
	if lost := last.Sub(sess.LastUsed); err != nil || lost < 0 || lost > session.TouchEvery {
		t.Fatalf("a crash lost %v of uses, %v", lost, err)
	}
	if _, err := b.End(t.Context(), token, session.LoggedOut); err != nil {
		t.Fatal(err)
	}
	b.crash()
	b.open()
	b.use(token, session.ErrEnded, session.LoggedOut)
}

func TestStoreDown(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	b.store.down.Store(true)
	b.use(token, nil, session.Live) // memory is right, the write is made up for
	if _, err := b.SelectRole(t.Context(), token, "555", broker.LiveMode); !errors.Is(err, errDown) {
		t.Errorf("role selection: %v", err)
	}
	if sess, err := b.Lookup(t.Context(), token, session.Peek); err != nil || sess.Role != "" {
		t.Errorf("a role that was not stored is served: %+v, %v", sess, err)
	}
	if _, err := b.End(t.Context(), token, session.LoggedOut); !errors.Is(err, errDown) {
		t.Errorf("end: %v", err)
	}
	b.use(token, session.ErrEnded, session.LoggedOut) // not confirmed, and not served
	b.store.down.Store(false)
	if sess, err := b.End(t.Context(), token, session.LoggedOut); err != nil && !errors.Is(err, session.ErrEnded) || sess.End != session.LoggedOut {
		t.Errorf("end again: %+v, %v", sess, err)
	}
	b.crash()
	b.open()
	b.want(token, session.ErrEnded, session.LoggedOut)
}

func TestATouchNeverRevives(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	b.store.gone.Store(true)
	b.use(token, session.ErrUnknown, 0)
	b.store.gone.Store(false)
	b.use(token, nil, session.Live) // it was never gone: the store decides
}

func TestCloseStoresAnEndThatFailed(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	b.store.down.Store(true)
	if _, err := b.End(t.Context(), token, session.LoggedOut); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	if err := b.Close(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("close with the store down: %v", err)
	}
	b.store.down.Store(false)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.crash()
	b.open()
	b.want(token, session.ErrEnded, session.LoggedOut)
}

func TestEndGoesOnWhenTheCallerHangsUp(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.End(ctx, token, session.LoggedOut); err != nil {
		t.Fatal(err)
	}
	b.want(token, session.ErrEnded, session.LoggedOut)
}

// TestOneCallerEnds: whoever comes second is told so, also where the first came
// while the second was at it.
func TestOneCallerEnds(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	first := func() {
		if _, err := b.End(t.Context(), token, session.LoggedOut); err != nil {
			t.Errorf("first: %v", err)
		}
	}
	b.store.between.Store(&first)
	if sess, err := b.End(t.Context(), token, session.Destroyed); !errors.Is(err, session.ErrEnded) || sess.End != session.LoggedOut {
		t.Errorf("second: %+v, %v", sess, err)
	}
}

func TestEndsAreFinalUnderContention(t *testing.T) {
	b := start(t, session.Limit{})
	_, token := b.signOn()
	var ends atomic.Int64
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for range 20 {
				if _, err := b.Lookup(t.Context(), token, session.Use); err != nil && !errors.Is(err, session.ErrEnded) {
					t.Error(err)
				}
				if _, err := b.SelectRole(t.Context(), token, "555", broker.LiveMode); err != nil && !errors.Is(err, session.ErrEnded) {
					t.Error(err)
				}
			}
			if i%4 == 0 {
				switch _, err := b.End(t.Context(), token, session.LoggedOut); {
				case err == nil:
					ends.Add(1)
					if _, err := b.Lookup(t.Context(), token, session.Use); !errors.Is(err, session.ErrEnded) {
						t.Errorf("served after its end was confirmed: %v", err)
					}
				case !errors.Is(err, session.ErrEnded):
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if ends.Load() != 1 {
		t.Errorf("%d callers ended it", ends.Load())
	}
}

func TestByUser(t *testing.T) {
	b := start(t, session.Limit{})
	first, token := b.signOn()
	b.use(token, nil, session.Live)
	b.forward(time.Minute)
	second, _ := b.signOn()
	other, _, err := b.Create(t.Context(), session.SignOn{UID: "900000000021"})
	if err != nil {
		t.Fatal(err)
	}
	live, err := b.ByUser(t.Context(), nurse)
	if err != nil || len(live) != 2 || live[0].ID != second.ID || live[1].ID != first.ID || live[1].LastUsed.IsZero() {
		t.Fatalf("%v, %v", live, err)
	}
	if err := b.EndByID(t.Context(), nurse, other.ID); !errors.Is(err, session.ErrUnknown) {
		t.Errorf("end of somebody else's session: %v", err)
	}
	if err := b.EndByID(t.Context(), nurse, "no-such-id"); !errors.Is(err, session.ErrUnknown) {
		t.Errorf("end of no session: %v", err)
	}
	if err := b.EndByID(t.Context(), nurse, first.ID); err != nil {
		t.Fatal(err)
	}
	b.want(token, session.ErrEnded, session.Destroyed)
	b.forward(5 * time.Minute) // the second one was never used
	if live, err := b.ByUser(t.Context(), nurse); err != nil || len(live) != 0 {
		t.Errorf("%v, %v", live, err)
	}
}

func TestLimit(t *testing.T) {
	t.Run("refuse", func(t *testing.T) {
		b := start(t, session.Limit{Sessions: 2, Policy: session.Refuse})
		_, token := b.signOn()
		b.signOn()
		if _, _, err := b.Create(t.Context(), session.SignOn{UID: nurse}); !errors.Is(err, session.ErrLimit) {
			t.Fatalf("third session: %v", err)
		}
		if _, _, err := b.Create(t.Context(), session.SignOn{UID: "900000000021"}); err != nil {
			t.Errorf("another user: %v", err)
		}
		if _, err := b.End(t.Context(), token, session.LoggedOut); err != nil {
			t.Fatal(err)
		}
		b.signOn()
	})
	t.Run("end the oldest", func(t *testing.T) {
		b := start(t, session.Limit{Sessions: 1, Policy: session.EndOldest})
		_, first := b.signOn()
		b.forward(time.Second)
		_, second := b.signOn()
		b.want(first, session.ErrEnded, session.Destroyed)
		b.want(second, nil, session.Live)
	})
	t.Run("holds when all come at once", func(t *testing.T) {
		b := start(t, session.Limit{Sessions: 3, Policy: session.Refuse})
		var in atomic.Int64
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				switch _, _, err := b.Create(t.Context(), session.SignOn{UID: nurse}); {
				case err == nil:
					in.Add(1)
				case !errors.Is(err, session.ErrLimit):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if in.Load() != 3 {
			t.Errorf("%d sessions under a limit of 3", in.Load())
		}
	})
}

func TestUseOnce(t *testing.T) {
	b := start(t, session.Limit{})
	until := b.now().Add(5 * time.Minute)
	if err := b.UseOnce(t.Context(), "challenge", until); err != nil {
		t.Fatal(err)
	}
	if err := b.UseOnce(t.Context(), "challenge", until); !errors.Is(err, session.ErrExists) {
		t.Errorf("second use: %v", err)
	}
	b.crash()
	b.open()
	if err := b.UseOnce(t.Context(), "challenge", until); !errors.Is(err, session.ErrExists) {
		t.Errorf("second use after a restart: %v", err)
	}
	if err := b.UseOnce(t.Context(), "another", until); err != nil {
		t.Error(err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	b := start(t, session.Limit{})
	for name, spoil := range map[string]func(*session.Config){
		"no store":        func(c *session.Config) { c.Store = nil },
		"no log":          func(c *session.Config) { c.Log = nil },
		"no key":          func(c *session.Config) { c.Keys = session.Keys{} },
		"short key":       func(c *session.Config) { c.Keys.Current = []byte("short") },
		"short old key":   func(c *session.Config) { c.Keys.Previous = []byte("short") },
		"no idle time":    func(c *session.Config) { c.Times.Idle = 0 },
		"negative unused": func(c *session.Config) { c.Times.Unused = -1 },
		"limit of none":   func(c *session.Config) { c.Limit.Policy = session.Refuse },
		"unknown policy":  func(c *session.Config) { c.Limit.Policy = 7 },
	} {
		c := b.conf
		spoil(&c)
		if _, err := session.New(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
