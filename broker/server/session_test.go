package server_test

import (
	"crypto"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/session/bolt"
)

func TestTimes(t *testing.T) {
	alive := func(r *realm, ticket string) bool {
		r.t.Helper()
		p := r.keepAlive(ticket)
		if p.status != http.StatusOK && p.get(r.t, "error_code") != "SESSION-ENDED" {
			r.t.Errorf("keep alive: %d %s", p.status, p.body)
		}
		return p.status == http.StatusOK
	}
	for name, c := range map[string]struct {
		steps []time.Duration // pauses between uses; the last one is too long
		used  bool            // once at the beginning
	}{
		"unused": {steps: []time.Duration{5*time.Minute + time.Second}},
		"idle":   {used: true, steps: []time.Duration{29 * time.Minute, 29 * time.Minute, 30*time.Minute + time.Second}},
		"maximum": {used: true, steps: func() []time.Duration {
			var steps []time.Duration
			for range 20 {
				steps = append(steps, 29*time.Minute)
			}
			return append(steps, 21*time.Minute) // 10 hours and a minute in all
		}()},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t)
			ticket := r.signOnGrace()
			if c.used && !alive(r, ticket) {
				t.Fatal("ended before its time")
			}
			for i, step := range c.steps {
				r.clock.add(step)
				if got, want := alive(r, ticket), i < len(c.steps)-1; got != want {
					t.Fatalf("after pause %d of %d: alive is %v", i+1, len(c.steps), got)
				}
			}
			if p := r.selectRole(ticket, nurse); p.status != http.StatusForbidden {
				t.Errorf("role selection after the end: %d %s", p.status, p.body)
			}
			if p := r.logout(ticket); p.body != yes {
				t.Errorf("logout after the end: %d %s", p.status, p.body)
			}
		})
	}
}

// TestRestart: sessions and used challenges live through a restart, in the
// same files with the same key.
func TestRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sessions.db")
	r := &realm{t: t, clock: &clock{}, log: &journal{}, ca: authority(t)}
	conf := r.config()
	open := func() *bolt.Store {
		store, err := bolt.Open(t.Context(), file, bolt.Options{Now: r.clock.now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		return store
	}
	first := open()
	conf.Sessions.Store = first
	conf.Base = "https://gas.example.org" // the port will be another
	r.run(conf)
	kept, gone := r.signOnGrace(), r.signOnGrace()
	r.selectRole(kept, clerk)
	r.logout(gone)
	answered := r.issue(grace).answerTo(t, r.activate(), crypto.SHA256)
	if p := r.post("/login/authvalidate", answered); p.status != http.StatusOK {
		t.Fatalf("validate: %d %s", p.status, p.body)
	}
	pending := r.issue(grace).answerTo(t, r.activate(), crypto.SHA256)
	r.stop()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	conf.Sessions.Store = open()
	r.run(conf)
	if p := r.assertion(kept); !strings.Contains(p.body, success) || !strings.Contains(p.body, ">"+clerk+"<") {
		t.Errorf("a session before the restart: %d %s", p.status, p.body)
	}
	if p := r.keepAlive(gone); p.status != http.StatusForbidden {
		t.Errorf("a session that had ended: %d %s", p.status, p.body)
	}
	if p := r.post("/login/authvalidate", answered); p.get(t, "error_code") != "CHALLENGE-STALE" {
		t.Errorf("a challenge that was used before: %d %s", p.status, p.body)
	}
	if p := r.post("/login/authvalidate", pending); p.status != http.StatusOK {
		t.Errorf("a challenge of before the restart: %d %s", p.status, p.body)
	}
}

func (r *realm) places(method, ticket, body string) (reply, broker.Places) {
	r.t.Helper()
	p := r.send(method, "/lanyard/v1/sessions", body, "Authorization", "Bearer "+ticket)
	var all broker.Places
	if p.status == http.StatusOK {
		if err := json.Unmarshal([]byte(p.body), &all); err != nil {
			r.t.Fatalf("%v in %s", err, p.body)
		}
	}
	return p, all
}

// TestPlaces: a user sees the own sessions and ends one of them.
func TestPlaces(t *testing.T) {
	r := start(t)
	here, there := r.signOnGrace(), r.signOnGrace()
	others := r.signOn(r.issue(ivor))
	r.selectRole(there, clerk)
	_, all := r.places(http.MethodGet, here, "")
	if len(all.Sessions) != 2 {
		t.Fatalf("%d sessions, want the own two", len(all.Sessions))
	}
	var other broker.Place
	for _, s := range all.Sessions {
		if strings.Contains(here+there, s.ID) {
			t.Error("an id is part of a ticket")
		}
		if s.Device != "WARD7,ClientIP=10.0.0.7" || s.Created.IsZero() || s.Client == "" {
			t.Errorf("place %+v", s)
		}
		if !s.This {
			other = s
		}
	}
	if other.Role != clerk || other.LastUsed.IsZero() {
		t.Errorf("the other place: %+v", other)
	}
	_, foreign := r.places(http.MethodGet, others, "")
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"another's session": {`{"end":"` + foreign.Sessions[0].ID + `"}`, http.StatusNotFound},
		"nobody's session":  {`{"end":"00"}`, http.StatusNotFound},
		"no id":             {`{}`, http.StatusBadRequest},
		"another key":       {`{"end":"00","uid":"x"}`, http.StatusBadRequest},
		"two objects":       {`{"end":"00"}{"end":"01"}`, http.StatusBadRequest},
		"not JSON":          {`end=00`, http.StatusBadRequest},
	} {
		if p, _ := r.places(http.MethodPost, here, c.body); p.status != c.status || !strings.Contains(p.body, "error_code") {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	if p := r.keepAlive(others); p.status == http.StatusForbidden {
		t.Error("another's session was ended")
	}
	if p, left := r.places(http.MethodPost, here, `{"end":"`+other.ID+`"}`); len(left.Sessions) != 1 || !left.Sessions[0].This {
		t.Errorf("after the end of the other: %d %s", p.status, p.body)
	}
	if p := r.keepAlive(there); p.status != http.StatusForbidden {
		t.Errorf("the session that was ended: %d %s", p.status, p.body)
	}
	if p, _ := r.places(http.MethodGet, there, ""); p.status != http.StatusForbidden || !strings.Contains(p.body, "SESSION-ENDED") {
		t.Errorf("list with an ended ticket: %d %s", p.status, p.body)
	}
	if p := r.send(http.MethodGet, "/lanyard/v1/sessions", ""); p.status != http.StatusForbidden {
		t.Errorf("list without a ticket: %d %s", p.status, p.body)
	}
}
