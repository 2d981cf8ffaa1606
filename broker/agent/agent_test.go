package agent

import (
	"context"
	"crypto"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	netDown = &client.Error{Code: failure.NetDown, Op: "test", Host: "server.example"}
	noMore  = &broker.Refusal{Code: failure.SessionEnded}
)

func TestWholePath(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.want(NoCard, "")
		if _, err := d.agent.Ticket(d.t.Context()); !errors.As(err, new(*NoSession)) {
			d.t.Fatalf("a ticket without a session: %v", err)
		}
		d.drawer.insert(d.card)
		s := d.want(NeedPIN, "")
		if !s.PINWanted || s.Card.UID != testUID || s.Card.Retries != 3 || !s.Card.Virtual {
			d.t.Fatalf("the card is shown as %+v", s.Card)
		}
		if n := len(d.server.times("activate")); n != 1 {
			d.t.Fatalf("%d challenges before the PIN, want 1", n)
		}
		d.pin(testPIN)
		s = d.want(SignedOn, "") // one role is no question
		if s.UID != testUID || s.Role == nil || s.Role.ID != "R1" || s.Until.Sub(s.Since) != 10*time.Hour {
			d.t.Fatalf("signed on as %+v", s)
		}
		if s.Links != (Links{LinkOK, LinkOK, LinkOK, LinkOK, LinkOK}) {
			d.t.Errorf("links %+v", s.Links)
		}
		ticket, err := d.agent.Ticket(d.t.Context())
		if err != nil || ticket.Reveal() != testTicket+"1" {
			d.t.Fatalf("ticket: %v", err)
		}
		if b, err := d.agent.Assertion(d.t.Context()); err != nil || len(b) == 0 {
			d.t.Fatalf("assertion: %v", err)
		}
		d.do(Granted{Application: "ward list"})
		if g := d.shot().Grants; len(g) != 1 || g[0].Application != "ward list" {
			d.t.Errorf("grants %+v", g)
		}
		d.pull(d.card)
		d.want(NoCard, "")
		d.sessions(0)
		if d.card.closed != 1 {
			d.t.Errorf("the card was closed %d times", d.card.closed)
		}
		if p := d.card.pins[0]; p.Len() != 0 {
			d.t.Error("the PIN was not wiped")
		}
	})
}

func TestPINTypedBeforeTheChallengeIsThere(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.slow("activate", 3*time.Second)
		d.signOn()
		d.want(SigningOn, "")
		if d.card.sent() != 0 {
			d.t.Fatal("the PIN went to the card without a challenge")
		}
		d.pass(3 * time.Second)
		d.want(SignedOn, "")
	})
}

func TestNoChallengeWipesThePINUnused(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.set("activate", netDown)
		d.drawer.insert(d.card)
		s := d.want(NeedPIN, failure.NetDown)
		if s.NextTry.IsZero() || s.Links.Network != LinkBroken || s.Links.Server != NotReached {
			d.t.Fatalf("network gone is shown as %+v, next try %s", s.Links, s.NextTry)
		}
		d.pin(testPIN)
		d.want(NeedPIN, failure.NetDown)
		if d.card.sent() != 0 {
			d.t.Fatal("the PIN went to the card without a challenge")
		}
		d.server.set("activate", nil)
		d.pass(time.Minute) // it is tried again by itself
		d.want(NeedPIN, "")
		d.pin(testPIN)
		d.want(SignedOn, "")
	})
}

func TestWrongPIN(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.drawer.insert(d.card)
		d.want(NeedPIN, "")
		d.pin("12")
		d.want(NeedPIN, failure.PINFormat)
		d.pin("111111")
		if s := d.want(NeedPIN, failure.PINWrong); s.Problem.Retries != 2 || s.Card.Retries != 2 {
			d.t.Fatalf("after a wrong PIN: %+v, %+v", s.Problem, s.Card)
		}
		d.pin("111111")
		d.want(NeedPIN, failure.PINLast)
		d.pin("111111")
		if s := d.want(NoCard, failure.PINLocked); s.PINWanted {
			d.t.Fatal("a locked card is asked for its PIN")
		}
		d.do(AskPIN{})
		d.want(NoCard, failure.PINLocked)
		if got := d.card.sent(); got != 3 {
			d.t.Fatalf("%d PINs went to the card, want 3", got)
		}
		d.card.set(func(c *fakeCard) { c.tries = 3 }) // unlocked elsewhere
		d.do(AskPIN{})
		d.want(NeedPIN, "")
	})
}

// A right PIN gives the tries back: the card is not said to have fewer.
func TestRightPINAfterAWrongOne(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.drawer.insert(d.card)
		d.want(NeedPIN, "")
		d.pin("111111")
		d.want(NeedPIN, failure.PINWrong)
		d.pin(testPIN)
		d.want(SignedOn, "")
		d.do(SignOut{})
		d.do(AskPIN{})
		if s := d.want(NeedPIN, ""); s.Card.Retries == 2 {
			d.t.Fatalf("%d tries left after a right PIN", s.Card.Retries)
		}
	})
}

func TestUnknownOutcomeOfThePIN(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.card.set(func(c *fakeCard) { c.fault = errors.Join(card.ErrPINUnknown, card.ErrReset) })
		d.signOn()
		d.want(NeedPIN, failure.PINUnknown)
		d.pass(time.Hour)
		if got := d.card.sent(); got != 1 {
			d.t.Fatalf("a PIN of unknown outcome was sent %d times", got)
		}
		if n := d.drawer.opened(); n != 2 {
			d.t.Fatalf("the card was read %d times, want again", n)
		}
	})
}

func TestDigestThatCardAndServerCanDo(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.digests = []crypto.Hash{crypto.SHA256, crypto.SHA1}
		d.card.refuse = []crypto.Hash{crypto.SHA256}
		d.signOn()
		d.want(SignedOn, "")
	})
	bubble(t, Normal, func(d *desk) {
		d.card.refuse = []crypto.Hash{crypto.SHA256}
		d.signOn()
		d.want(NeedPIN, failure.CardMechanism)
		if d.card.sent() != 0 {
			d.t.Fatal("the PIN was sent for a signature the card cannot make")
		}
	})
}

func TestStaleChallenge(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.drawer.insert(d.card)
		d.want(NeedPIN, "")
		start := d.server.times("activate")[0]
		d.pass(9 * time.Minute)
		got := d.server.times("activate")
		if len(got) != 3 || got[1].Sub(start) != 4*time.Minute || got[2].Sub(start) != 8*time.Minute {
			d.t.Fatalf("challenges fetched at %v, want each 4 minutes", got)
		}
		d.server.set("validate", &broker.Refusal{Code: failure.ChallengeStale})
		d.pin(testPIN)
		d.want(NeedPIN, failure.ChallengeStale) // asked again, not sent again
		if d.card.sent() != 1 || len(d.server.times("activate")) != 4 {
			d.t.Fatalf("PIN sent %d times, %d challenges", d.card.sent(), len(d.server.times("activate")))
		}
		d.server.set("validate", nil)
		d.pin(testPIN)
		d.want(SignedOn, "")
	})
}

func TestKeepAliveIsJitteredAndNeverLate(t *testing.T) {
	for _, c := range []struct{ idle, least, most time.Duration }{
		{10 * time.Minute, 48 * time.Second, time.Minute},
		{90 * time.Second, 24 * time.Second, 30 * time.Second},
		{0, 48 * time.Second, time.Minute},
	} {
		bubble(t, Normal, func(d *desk) {
			d.server.idle = c.idle
			d.signOn()
			d.pass(time.Hour)
			ts := d.server.times("alive")
			if len(ts) < 55 {
				d.t.Fatalf("idle %s: %d keep alives in an hour", c.idle, len(ts))
			}
			different := false
			for i := 1; i < len(ts); i++ {
				gap := ts[i].Sub(ts[i-1])
				if gap < c.least || gap > c.most {
					d.t.Fatalf("idle %s: %s between two keep alives", c.idle, gap)
				}
				different = different || gap != ts[1].Sub(ts[0])
			}
			if !different {
				d.t.Errorf("idle %s: no jitter", c.idle)
			}
		})
	}
}

func TestOffline(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("alive", netDown)
		d.pass(time.Minute)
		s := d.want(Offline, failure.NetDown)
		if s.NextTry.IsZero() || s.Links.Network != LinkBroken || s.Links.Card != LinkOK {
			d.t.Fatalf("offline is shown as %+v", s)
		}
		if _, err := d.agent.Ticket(d.t.Context()); err != nil {
			d.t.Fatalf("the ticket lives as far as is known: %v", err)
		}
		d.pass(20 * time.Minute)
		ts := d.server.times("alive")
		last := ts[len(ts)-1].Sub(ts[len(ts)-2])
		if first := ts[1].Sub(ts[0]); first > time.Second || last < 30*time.Second || last > time.Minute {
			d.t.Fatalf("pauses from %s to %s, want from a second to a minute", first, last)
		}
		before := len(ts)
		d.do(TryNow{})
		if len(d.server.times("alive")) != before+1 {
			d.t.Fatal("TryNow did not try")
		}
		d.server.set("alive", nil)
		d.do(TryNow{})
		d.want(SignedOn, "")
	})
}

func TestServerEndsTheSession(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("alive", noMore)
		d.pass(time.Minute)
		d.want(NeedPIN, failure.SessionEnded)
		if _, err := d.agent.Ticket(d.t.Context()); err == nil {
			d.t.Fatal("a ticket of a session that has ended")
		}
		d.server.set("alive", nil)
		d.pin(testPIN)
		d.want(SignedOn, "")
		d.server.set("assertion", noMore)
		if _, err := d.agent.Assertion(d.t.Context()); err == nil {
			d.t.Fatal("no error")
		}
		d.want(NeedPIN, failure.SessionEnded) // noticed by the request too
	})
}

func TestAnswersThatAreNotUnderstoodEndNothing(t *testing.T) {
	for _, err := range []error{
		&client.Error{Code: failure.ServerAnswer}, &broker.Refusal{Code: failure.ServerRefused},
		&broker.Refusal{Code: failure.Internal}, &broker.Refusal{Code: failure.ReqUnreadable},
	} {
		bubble(t, Normal, func(d *desk) {
			d.signOn()
			d.server.set("alive", err)
			d.pass(10 * time.Minute)
			d.want(SignedOn, "")
		})
	}
}

func TestDirectoryDown(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("alive", &broker.Refusal{Code: failure.DirectoryDown})
		d.pass(time.Minute)
		s := d.want(SignedOn, failure.DirectoryDown)
		if s.Links.Server != LinkOK || s.Links.Directory != LinkBroken {
			d.t.Fatalf("links %+v", s.Links)
		}
		d.server.set("alive", nil)
		d.pass(time.Minute)
		d.want(SignedOn, "")
	})
}

func TestMaximumTime(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.max = time.Hour
		d.signOn()
		d.pass(time.Hour - time.Second)
		d.want(SignedOn, "")
		d.pass(time.Second)
		d.want(NeedPIN, failure.SessionEnded)
	})
}

func TestLogoutIsOwedWhileTheNetworkIsGone(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("all", netDown)
		d.pull(d.card)
		if s := d.want(NoCard, ""); s.Owed != 1 {
			d.t.Fatalf("%d logouts owed", s.Owed)
		}
		d.pass(30 * time.Minute)
		d.sessions(1)
		d.server.set("all", nil)
		d.pass(time.Minute)
		d.sessions(0)
		if s := d.shot(); s.Owed != 0 {
			d.t.Fatalf("%d logouts owed after it was done", s.Owed)
		}
	})
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("all", netDown)
		d.pull(d.card)
		d.pass(10*time.Hour + time.Minute)
		if s := d.shot(); s.Owed != 0 {
			d.t.Fatal("a logout is owed for a session that has ended by itself")
		}
		n := len(d.server.times("logout"))
		d.pass(time.Hour)
		if len(d.server.times("logout")) != n {
			d.t.Fatal("it is still tried")
		}
	})
}

func TestPulledWhileValidateIsOnItsWay(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.slow("validate", 2*time.Second)
		d.signOn()
		d.want(SigningOn, "")
		d.pull(d.card)
		d.want(NoCard, failure.CardRemoved)
		d.pass(2 * time.Second)
		if d.server.validated() != 1 {
			d.t.Fatal("the validate was cut short")
		}
		d.sessions(0)
		d.server.slow("validate", 0)
		d.signOn()
		d.want(SignedOn, "")
		d.sessions(1)
	})
}

func TestPulledWhileTheCardSigns(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.card.set(func(c *fakeCard) { c.slow = 5 * time.Second })
		d.signOn()
		d.pull(d.card)
		d.want(NoCard, failure.CardRemoved)
		d.card.set(func(c *fakeCard) { c.slow = 0 })
		d.signOn()
		d.want(SignedOn, "")
		d.sessions(1)
	})
}

func TestStopSignsOut(t *testing.T) {
	for _, m := range []Mode{Normal, LockPersistence, Mobility} {
		bubble(t, m, func(d *desk) {
			d.signOn()
			d.quit()
			d.sessions(0)
			if err := d.agent.Do(d.t.Context(), TryNow{}); !errors.Is(err, ErrStopping) {
				d.t.Errorf("Do after the end: %v", err)
			}
		})
	}
	bubble(t, Normal, func(d *desk) { // a server that does not answer holds nobody up
		d.signOn()
		d.server.slow("logout", time.Hour)
		start := time.Now()
		d.quit()
		if took := time.Since(start); took != farewell {
			d.t.Errorf("stopping took %s", took)
		}
	})
}

func TestWatchShowsTheLatest(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		ctx, cancel := context.WithCancel(d.t.Context())
		var seen []Snapshot
		ended := make(chan error, 1)
		go func() {
			ended <- d.agent.Watch(ctx, func(s Snapshot) {
				seen = append(seen, s)
				time.Sleep(time.Minute) // a slow window
			})
		}()
		synctest.Wait()
		d.signOn()
		d.want(SignedOn, "")
		d.pass(3 * time.Minute)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			d.t.Errorf("Watch: %v", err)
		}
		if seen[0].Phase != NoCard || seen[len(seen)-1].Phase != SignedOn || len(seen) > 3 {
			d.t.Errorf("seen %d states, from %s to %s", len(seen), seen[0].Phase, seen[len(seen)-1].Phase)
		}
	})
}

func TestIdleAgentWakesForNothing(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.insert(d.card)
		d.do(CancelPIN{Gen: d.shot().Card.Gen})
		d.want(NoCard, failure.UserAbort)
		d.pass(5 * time.Minute) // the challenge that was there grows old
		seq, calls := d.shot().Seq, d.server.count()
		d.pass(24 * time.Hour)
		if d.shot().Seq != seq || d.server.count() != calls {
			d.t.Fatal("an idle agent did something")
		}
	})
}

func TestWatcherThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDrawer()
		a, err := New(Config{Watcher: broken{}, Opener: d, Server: newServer(), Log: quiet()})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Run(t.Context()); !errors.Is(err, card.ErrAccess) {
			t.Fatalf("Run: %v", err)
		}
	})
}

// broken is a watcher that fails.
type broken struct{}

func (broken) Watch(context.Context, func(card.Event)) error { return card.ErrAccess }
