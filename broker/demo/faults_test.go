package demo

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card/virtual"
)

// hand practises: it puts cards in, types the passcode and looks at the desk.
type hand struct {
	*Practice
	t    *testing.T
	desk *watcher
}

func practise(t *testing.T) *hand {
	t.Helper()
	p, err := StartPractice(t.Context(), Options{
		Dir: filepath.Join(t.TempDir(), "demo"), Socket: filepath.Join(t.TempDir(), "agent.sock"), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &hand{Practice: p, t: t, desk: watch(t.Context(), p.Agent)}
	t.Cleanup(func() {
		h.desk.stop()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *hand) until(what string, fits func(agent.Snapshot) bool) agent.Snapshot {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 30*time.Second)
	defer cancel()
	s, err := h.desk.until(ctx, what, fits)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func (h *hand) at(p agent.Phase) {
	h.t.Helper()
	h.until(p.String(), func(s agent.Snapshot) bool { return s.Phase == p && s.Owed == 0 })
}

func (h *hand) set(f Fault, on bool) {
	h.t.Helper()
	if err := h.SetFault(h.t.Context(), f, on); err != nil {
		h.t.Fatal(err)
	}
	if slices.Contains(h.Faults(), f) != on {
		h.t.Errorf("%s: on are %v", f, h.Faults())
	}
}

// submit puts a card in and types its passcode.
func (h *hand) submit(name string) {
	h.t.Helper()
	if err := h.Insert(h.t.Context(), name); err != nil {
		h.t.Fatal(err)
	}
	h.typePIN()
}

func (h *hand) typePIN() {
	h.t.Helper()
	s := h.until("the question for the passcode", func(s agent.Snapshot) bool { return s.PINWanted && s.Card != nil })
	if err := h.Agent.Do(h.t.Context(), agent.SubmitPIN{Gen: s.Card.Gen, PIN: h.PIN()}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hand) takeOut() {
	h.t.Helper()
	if err := h.Remove(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.at(agent.NoCard)
}

// TestFaults switches every fault on and off under the real agent: the desk
// comes to what it should, and back.
func TestFaults(t *testing.T) {
	h := practise(t)
	for _, f := range []struct {
		name string
		test func(t *testing.T, h *hand)
	}{
		{"reader unplugged", unplugged},
		{"server away", away},
		{"pull in the middle", pulledInTheMiddle},
		{"slow network", slow},
		{"no such fault", func(t *testing.T, h *hand) {
			if err := h.SetFault(t.Context(), Fault(99), true); err == nil || len(h.Faults()) != 0 {
				t.Errorf("%v, on are %v", err, h.Faults())
			}
		}},
	} {
		t.Run(f.name, func(t *testing.T) {
			h.t = t
			f.test(t, h)
			if on := h.Faults(); len(on) != 0 {
				t.Errorf("still on: %v", on)
			}
		})
	}
}

func unplugged(t *testing.T, h *hand) {
	h.submit("gp")
	h.at(agent.SignedOn)
	h.set(ReaderUnplugged, true)
	h.at(agent.NoReader)
	if err := h.Insert(t.Context(), "gp"); !errors.Is(err, virtual.ErrUnplugged) || h.Inserted() != "" {
		t.Errorf("a card without a reader: %v, %q is in", err, h.Inserted())
	}
	h.set(ReaderUnplugged, false)
	h.at(agent.NoCard)
}

func away(t *testing.T, h *hand) {
	h.set(ServerAway, true)
	if err := h.Insert(t.Context(), "gp"); err != nil {
		t.Fatal(err)
	}
	h.until("a server that is away", func(s agent.Snapshot) bool {
		return s.PINWanted && s.Problem != nil && s.Problem.Code == failure.ServerDown
	})
	h.set(ServerAway, false)
	h.typePIN()
	h.at(agent.SignedOn)
	h.takeOut()
}

func pulledInTheMiddle(t *testing.T, h *hand) {
	h.submit("gp")
	h.at(agent.SignedOn) // it signed before: the next time counts
	h.takeOut()
	h.set(PullInTheMiddle, true)
	h.set(PullInTheMiddle, false)
	h.set(PullInTheMiddle, true)
	select {
	case <-h.Changes():
	default:
	}
	h.submit("gp")
	select {
	case <-h.Changes():
	case <-time.After(30 * time.Second):
		t.Fatal("nobody was told")
	}
	h.at(agent.NoCard)
	if !h.Pulled() || h.Inserted() != "" {
		t.Errorf("pulled: %v, %q is in", h.Pulled(), h.Inserted())
	}
	h.submit("gp")
	h.at(agent.SignedOn)
	if h.Pulled() {
		t.Error("the pulled card was put in again, and is still told of")
	}
	h.takeOut()
}

func slow(t *testing.T, h *hand) {
	h.set(SlowNetwork, true)
	begin := time.Now()
	h.submit("gp")
	h.at(agent.SignedOn)
	if d := time.Since(begin); d < slowness {
		t.Errorf("signed on after %v", d)
	}
	h.set(SlowNetwork, false)
	h.takeOut()
}
