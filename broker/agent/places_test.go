package agent

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
)

func TestOtherPlaces(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		older := broker.Place{ID: "s2", Created: time.Now().Add(-2 * time.Hour)}
		newer := broker.Place{ID: "s3", Created: time.Now().Add(-time.Hour)}
		d.server.elsewhere(older, newer)
		if err := d.agent.Do(d.t.Context(), LookForPlaces{}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("nobody is on: %v", err)
		}
		d.signOn()
		p := d.want(SignedOn, "").Places
		if p.At.IsZero() || len(p.Others) != 2 || p.Others[0].ID != "s3" {
			d.t.Fatalf("known after the sign-on: %+v", p)
		}
		d.pass(placesAge - time.Minute)
		if n := len(d.server.times("sessions")); n != 1 {
			d.t.Fatalf("asked %d times unasked", n)
		}
		d.pass(2 * time.Minute)
		if n := len(d.server.times("sessions")); n != 2 {
			d.t.Fatalf("asked %d times once the answer was old", n)
		}
		if err := d.agent.Do(d.t.Context(), EndPlace{ID: "s1"}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("this place is no other: %v", err)
		}
		d.server.slow("end", time.Second)
		d.do(EndPlace{ID: "s2"})
		if p := d.shot().Places; p.Ending != "s2" {
			d.t.Fatalf("under way: %+v", p)
		}
		if err := d.agent.Do(d.t.Context(), EndPlace{ID: "s3"}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("two at a time: %v", err)
		}
		d.pass(time.Second)
		if p := d.shot().Places; p.Ending != "" || len(p.Others) != 1 || p.Others[0].ID != "s3" {
			d.t.Fatalf("left: %+v", p)
		}
		d.do(Lock{})
		if p := d.want(Locked, "").Places; !p.At.IsZero() {
			d.t.Fatalf("a locked desk shows %+v", p)
		}
		d.do(SignOut{})
		if p := d.want(NoCard, "").Places; !p.At.IsZero() || len(p.Others) != 0 {
			d.t.Fatalf("after the session: %+v", p)
		}
	})
}

func TestPlacesThatAreNotTold(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.set("sessions", netDown)
		d.signOn()
		if p := d.want(SignedOn, "").Places; p.Problem == nil || p.Problem.Code != failure.NetDown || !p.At.IsZero() {
			d.t.Fatalf("known: %+v", p)
		}
		d.server.set("sessions", nil)
		d.server.elsewhere(broker.Place{ID: "s2"})
		d.do(LookForPlaces{})
		if p := d.shot().Places; p.Problem != nil || len(p.Others) != 1 {
			d.t.Fatalf("known: %+v", p)
		}
		d.server.set("end", netDown)
		d.do(EndPlace{ID: "s2"})
		if p := d.shot().Places; p.Problem == nil || len(p.Others) != 1 || p.Ending != "" {
			d.t.Fatalf("not ended: %+v", p)
		}
		d.server.set("end", noMore) // the other's, as asking again tells
		d.server.elsewhere()
		d.do(EndPlace{ID: "s2"})
		if p := d.want(SignedOn, "").Places; p.Problem != nil || len(p.Others) != 0 {
			d.t.Fatalf("ended elsewhere: %+v", p)
		}
		d.server.set("sessions", noMore) // this one's
		d.do(LookForPlaces{})
		d.want(NeedPIN, failure.SessionEnded)
	})
}

// TestOfflineIsNoticedAtOnce holds that a request of a person that does not
// reach the server tells of it without waiting for the next keep alive.
func TestOfflineIsNoticedAtOnce(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("sessions", netDown)
		d.server.set("alive", netDown)
		d.do(LookForPlaces{})
		d.want(Offline, failure.NetDown)
	})
}
