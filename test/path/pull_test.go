package path_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/session"
	"lanyard/card/virtual/fault"
	"lanyard/test/realmtest"
)

// hook does something when the server is asked on a path, once.
type hook struct {
	path atomic.Pointer[string]
	do   func(http.ResponseWriter, *http.Request, http.Handler)
}

func (h *hook) arm(path string, do func(http.ResponseWriter, *http.Request, http.Handler)) {
	h.do = do
	h.path.Store(&path)
}

func (h *hook) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := h.path.Load()
		if p != nil && *p == r.URL.Path && h.path.CompareAndSwap(p, nil) {
			h.do(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// nothingLeft waits until the server keeps no session of a user.
func nothingLeft(t *testing.T, r *realmtest.Realm, uid broker.UID, within time.Duration) {
	t.Helper()
	limit := time.NewTimer(within)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		n := r.Live(t, uid)
		if n == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("%d sessions are left at the server after %v", n, within)
		}
	}
}

// inOrder checks what must hold after every pull: no card, no session, and the
// next insertion works.
func inOrder(t *testing.T, r *realmtest.Realm, d *desk, p *fault.Player) {
	t.Helper()
	d.gone(t)
	nothingLeft(t, r, realmtest.ThreeRoles, patience)
	if p != nil {
		if tally := p.Tally(); tally.Refused+tally.Unanswered > 1 || tally.Accepted > 1 {
			t.Errorf("the passcode was sent too often: %+v", tally)
		}
	}
	ticket := d.signOn(t, cardOf(0))
	if a := r.Assertion(t, ticket); !a.OK() {
		t.Errorf("the next sign-on has no assertion: %s %s", a.Status, a.Message)
	}
	d.slot.Remove()
	d.gone(t)
	if a := r.Assertion(t, ticket); a.OK() {
		t.Error("the ticket works after the card was pulled")
	}
}

func TestPulledBetweenTheSteps(t *testing.T) {
	h := &hook{}
	r := realmtest.Start(t, realmtest.Options{Around: h.around})
	d := drawerDesk(t, r, agent.Normal, realmtest.ThreeRoles)
	d.phase(t, agent.NoCard)

	pull := func(w http.ResponseWriter, req *http.Request, next http.Handler) {
		d.slot.Remove()
		next.ServeHTTP(w, req)
	}
	answerFirst := func(w http.ResponseWriter, req *http.Request, next http.Handler) {
		next.ServeHTTP(w, req)
		d.slot.Remove()
	}
	moments := []struct {
		name string
		run  func(t *testing.T)
	}{
		{"while the challenge is fetched", func(t *testing.T) {
			h.arm("/login/authactivate", pull)
			d.insert(t, cardOf(0), "")
		}},
		{"before the passcode", func(t *testing.T) {
			d.insert(t, cardOf(0), "")
			d.phase(t, agent.NeedPIN)
			d.slot.Remove()
		}},
		{"with the passcode handed in", func(t *testing.T) {
			d.insert(t, cardOf(0), "")
			d.typePIN(t, realmtest.PIN())
			d.slot.Remove()
		}},
		{"when validate is asked", func(t *testing.T) {
			h.arm("/login/authvalidate", pull)
			d.insert(t, cardOf(0), "")
			d.typePIN(t, realmtest.PIN())
		}},
		{"when validate is answered", func(t *testing.T) {
			h.arm("/login/authvalidate", answerFirst)
			d.insert(t, cardOf(0), "")
			d.typePIN(t, realmtest.PIN())
		}},
		{"while the role is chosen", func(t *testing.T) {
			d.insert(t, cardOf(0), "")
			d.typePIN(t, realmtest.PIN())
			d.phase(t, agent.ChoosingRole)
			d.slot.Remove()
		}},
		{"when the role is selected", func(t *testing.T) {
			h.arm("/saml/RoleSelectionGP.jsp", pull)
			d.insert(t, cardOf(0), "")
			d.typePIN(t, realmtest.PIN())
			s := d.phase(t, agent.ChoosingRole)
			if err := d.Do(t.Context(), agent.ChooseRole{ID: s.Roles[1].ID}); err != nil {
				t.Fatal(err)
			}
		}},
		{"when signed on", func(t *testing.T) {
			d.signOn(t, cardOf(0))
			d.slot.Remove()
		}},
	}
	for _, m := range moments {
		t.Run(m.name, func(t *testing.T) {
			m.run(t)
			inOrder(t, r, d, nil)
		})
	}
}

// TestPulledAtEveryCommand pulls the card at each command of a sign-on, before
// and after the card carried it out.
func TestPulledAtEveryCommand(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d := drawerDesk(t, r, agent.Normal, realmtest.ThreeRoles)
	d.phase(t, agent.NoCard)

	p := d.insert(t, cardOf(0), "")
	d.typePIN(t, realmtest.PIN())
	d.phase(t, agent.ChoosingRole)
	commands := p.Commands()
	d.slot.Remove()
	d.gone(t)
	if commands < 3 {
		t.Fatalf("a sign-on takes %d commands only", commands)
	}
	pullAtEach(t, r, d, commands)
}

// pullAtEach pulls the card at each of so many commands, before and after the
// card carried it out.
func pullAtEach(t *testing.T, r *realmtest.Realm, d *desk, commands int) {
	t.Helper()
	for n := 1; n <= commands; n++ {
		for _, when := range []string{"", " after"} {
			t.Run(fmt.Sprintf("command %d%s", n, when), func(t *testing.T) {
				p := d.insert(t, cardOf(0), fmt.Sprintf("at %d pull%s\n", n, when))
				d.pulledByItself(t)
				inOrder(t, r, d, p)
			})
		}
	}
}

// pulledByItself types the passcode if it is asked for and waits until the
// script has pulled the card.
func (d *desk) pulledByItself(t *testing.T) {
	t.Helper()
	typed := false
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for begin := time.Now(); d.slot.Inserted() != ""; <-tick.C {
		switch s := d.now(); {
		case s.PINWanted && !typed:
			typed = true
			d.typePIN(t, realmtest.PIN())
		case s.Phase == agent.ChoosingRole: // pulled at a command that nobody waited for
			d.slot.Remove()
		case time.Since(begin) > patience:
			t.Fatalf("the script did not pull the card; the desk is at %v, %+v", s.Phase, s.Problem)
		}
	}
}

// TestAnswerLostOnTheWire cuts validate's answer: the agent knows of no
// session, so only its unused time can end it.
func TestAnswerLostOnTheWire(t *testing.T) {
	const unused = time.Second
	h := &hook{}
	r := realmtest.Start(t, realmtest.Options{
		Around: h.around,
		Times:  session.Times{Idle: 10 * time.Hour, Max: 10 * time.Hour, Unused: unused},
	})
	d := drawerDesk(t, r, agent.Normal, realmtest.ThreeRoles)
	d.phase(t, agent.NoCard)
	h.arm("/login/authvalidate", func(_ http.ResponseWriter, req *http.Request, next http.Handler) {
		next.ServeHTTP(&swallow{header: http.Header{}}, req)
		d.slot.Remove()
		panic(http.ErrAbortHandler)
	})
	d.insert(t, cardOf(0), "")
	d.typePIN(t, realmtest.PIN())
	d.gone(t)
	nothingLeft(t, r, realmtest.ThreeRoles, unused+patience)
	d.signOn(t, cardOf(0))
}

// swallow is an answer that never arrives.
type swallow struct{ header http.Header }

func (s *swallow) Header() http.Header         { return s.header }
func (s *swallow) Write(b []byte) (int, error) { return len(b), nil }
func (s *swallow) WriteHeader(int)             {}
