package pcsc

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
)

var errStopped = errors.New("the test is over")

const (
	desk = "Desk Reader 00 00"
	wall = "Wall Reader 01 00"
)

func TestWatchBeginsWithTheFullPicture(t *testing.T) {
	d := start(t, desk, wall)
	must(t, d.Insert(wall, pcscd.Dummy{}))
	r := watch(t)
	r.next(card.ServiceUp)
	if ev := r.next(card.ReaderAdded); ev.Reader != desk {
		t.Errorf("first reader %q", ev.Reader)
	}
	if ev := r.next(card.ReaderAdded); ev.Reader != wall {
		t.Errorf("second reader %q", ev.Reader)
	}
	ev := r.next(card.Inserted)
	if ev.Reader != wall || ev.Gen == 0 || ev.ATR.String() != "3B 80 80 01 01" {
		t.Errorf("inserted %+v", ev)
	}
	if err := r.stop(); !errors.Is(err, errStopped) {
		t.Errorf("Watch returned %v, want the context's cause", err)
	}
	r.quiet()
}

func TestCardsComeAndGo(t *testing.T) {
	d := start(t, desk)
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	var last card.Generation
	for range 20 {
		must(t, d.Insert(desk, pcscd.Dummy{}))
		in := r.next(card.Inserted)
		if in.Gen <= last {
			t.Fatalf("generation %d after %d", in.Gen, last)
		}
		last = in.Gen
		must(t, d.Remove(desk))
		if out := r.next(card.Removed); out.Gen != in.Gen || out.Reader != desk {
			t.Fatalf("removed %+v, inserted %+v", out, in)
		}
	}
}

func TestSwapWithinAnInstantIsTwoEvents(t *testing.T) {
	d := start(t, desk)
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	first := r.next(card.Inserted)
	must(t, d.Swap(desk, pcscd.Dummy{}))
	if ev := r.next(card.Removed); ev.Gen != first.Gen {
		t.Errorf("removed generation %d, want %d", ev.Gen, first.Gen)
	}
	if ev := r.next(card.Inserted); ev.Gen <= first.Gen {
		t.Errorf("generation %d after %d", ev.Gen, first.Gen)
	}
}

func TestReadersComeAndGo(t *testing.T) {
	d := start(t)
	r := watch(t)
	r.next(card.ServiceUp)
	for _, name := range []string{desk, wall} {
		must(t, d.AddReader(name))
		if ev := r.next(card.ReaderAdded); string(ev.Reader) != name {
			t.Fatalf("added %q", ev.Reader)
		}
	}
	must(t, d.Insert(wall, pcscd.Dummy{}))
	in := r.next(card.Inserted)
	must(t, d.RemoveReader(wall))
	if ev := r.next(card.Removed); ev.Gen != in.Gen {
		t.Errorf("removed %+v", ev)
	}
	if ev := r.next(card.ReaderRemoved); ev.Reader != wall {
		t.Errorf("reader removed %+v", ev)
	}
	must(t, d.RemoveReader(desk))
	r.next(card.ReaderRemoved)
	// From no reader back to one: the last one gone must not end the watch.
	must(t, d.AddReader(desk))
	r.next(card.ReaderAdded)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	r.next(card.Inserted)
}

func TestReaderExchangedForAnother(t *testing.T) {
	d := start(t, desk)
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	for range 10 {
		// The number of readers may be the same by the time it is looked at.
		must(t, d.RemoveReader(desk))
		must(t, d.AddReader(wall))
		seen := map[card.EventKind]card.ReaderID{}
		for range 2 {
			ev := <-r.events
			seen[ev.Kind] = ev.Reader
		}
		if seen[card.ReaderRemoved] != desk || seen[card.ReaderAdded] != wall {
			t.Fatalf("events %v", seen)
		}
		must(t, d.RemoveReader(wall))
		r.next(card.ReaderRemoved)
		must(t, d.AddReader(desk))
		r.next(card.ReaderAdded)
	}
}

func TestAsManyReadersAsThereMayBe(t *testing.T) {
	d := start(t)
	names := make([]string, maxStates)
	for i := range names {
		names[i] = strings.Repeat("R", i+1)
		must(t, d.AddReader(names[i]))
	}
	r := watch(t)
	r.next(card.ServiceUp)
	for range names {
		r.next(card.ReaderAdded)
	}
	for _, name := range names {
		must(t, d.Insert(name, pcscd.Dummy{}))
		if ev := r.next(card.Inserted); string(ev.Reader) != name {
			t.Fatalf("inserted into %q, want %q", ev.Reader, name)
		}
	}
	must(t, d.RemoveReader(names[3]))
	r.next(card.Removed)
	r.next(card.ReaderRemoved)
	must(t, d.AddReader("again"))
	r.next(card.ReaderAdded)
}

// A reader with several slots adds them one after the other, faster than they
// are listed.
func TestReadersThatComeTogether(t *testing.T) {
	d := start(t)
	r := watch(t)
	r.next(card.ServiceUp)
	for range 20 {
		for _, name := range []string{"slot 0", "slot 1", "slot 2"} {
			must(t, d.AddReader(name))
		}
		for range 3 {
			r.next(card.ReaderAdded)
		}
		for _, name := range []string{"slot 2", "slot 1", "slot 0"} {
			must(t, d.RemoveReader(name))
		}
		for range 3 {
			r.next(card.ReaderRemoved)
		}
	}
}

func TestMuteCards(t *testing.T) {
	d := start(t, desk)
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	must(t, d.InsertMute(desk))
	mute := r.next(card.Mute)
	if mute.Gen == 0 || mute.ATR != nil {
		t.Errorf("mute %+v", mute)
	}
	must(t, d.Remove(desk))
	if ev := r.next(card.Removed); ev.Gen != mute.Gen {
		t.Errorf("removed %+v", ev)
	}
	// A card that stops answering after a reset is another one to the agent.
	must(t, d.Insert(desk, pcscd.Dummy{}))
	in := r.next(card.Inserted)
	must(t, d.Mute(desk, true))
	if ev := r.next(card.Removed); ev.Gen != in.Gen {
		t.Errorf("removed %+v", ev)
	}
	r.next(card.Mute)
	must(t, d.Mute(desk, false))
	r.next(card.Removed)
	r.next(card.Inserted)
}

func TestCardWithAnATROfNoOctetsIsMute(t *testing.T) {
	d := start(t, desk)
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	must(t, d.Insert(desk, pcscd.Dummy{History: []byte{}}))
	r.next(card.Mute)
	must(t, d.Remove(desk))
	r.next(card.Removed)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	r.next(card.Inserted)
}

func TestReaderNames(t *testing.T) {
	for _, name := range []string{
		"Считыватель карт №1 00 00",
		"読取装置 00 00",
		"Reader \xff\xfe with octets that are no text",
		strings.Repeat("Ж", 200),
		`\\?PnP?\Notificatio`,
		" ",
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, name)
			name := name[:min(len(name), 127)]
			r := watch(t)
			r.next(card.ServiceUp)
			if ev := r.next(card.ReaderAdded); string(ev.Reader) != name {
				t.Fatalf("reader %q, want %q", ev.Reader, name)
			}
			must(t, d.Insert(name, pcscd.Dummy{}))
			ev := r.next(card.Inserted)
			c, err := Connect(t.Context(), ev.Reader, ev.Gen)
			must(t, err)
			must(t, c.Disconnect(false))
			must(t, d.Remove(name))
			r.next(card.Removed)
		})
	}
}

func TestServiceStopsAndComesBack(t *testing.T) {
	d := start(t, desk)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	r.next(card.Inserted)
	for range 3 {
		d.Stop()
		r.next(card.Removed)
		r.next(card.ReaderRemoved)
		if ev := r.next(card.ServiceDown); !errors.Is(ev.Err, card.ErrNoService) {
			t.Fatalf("service down: %v", ev.Err)
		}
		must(t, d.Restart())
		began := time.Now()
		r.next(card.ServiceUp)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the service was noticed after %v", took)
		}
		r.next(card.ReaderAdded)
		r.next(card.Inserted)
	}
}

func TestServiceThatWasNeverThere(t *testing.T) {
	must(t, os.RemoveAll(filepath.Dir(socket)))
	r := watch(t)
	if ev := r.next(card.ServiceDown); !errors.Is(ev.Err, card.ErrNoService) || !strings.Contains(ev.Err.Error(), "0x8010001D") {
		t.Fatalf("service down: %v", ev.Err)
	}
	// The directory appears first, and the quick retries are over by then.
	time.Sleep(500 * time.Millisecond)
	r.quiet()
	d := start(t, desk)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	r.next(card.Inserted)
}

func TestServiceThatRefusesThisUser(t *testing.T) {
	d := start(t, desk)
	for range 4 {
		d.Fail(pcscd.Fault{Command: pcscd.EstablishContext, Hangup: true})
	}
	r := watch(t)
	if ev := r.next(card.ServiceDown); !errors.Is(ev.Err, card.ErrAccess) {
		t.Fatalf("service down: %v", ev.Err)
	}
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
}

func TestServiceThatIsClosedToThisUserByPolicy(t *testing.T) {
	d := start(t)
	for range 4 {
		d.Fail(pcscd.Fault{Command: pcscd.EstablishContext, Code: pcscd.SecurityViolation})
	}
	r := watch(t)
	if ev := r.next(card.ServiceDown); !errors.Is(ev.Err, card.ErrAccess) {
		t.Fatalf("service down: %v", ev.Err)
	}
	r.next(card.ServiceUp)
}

func TestErrorsInTheMiddleOfAWaitReestablish(t *testing.T) {
	d := start(t, desk)
	r := watch(t)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	// Whichever exchange comes next finds the connection broken.
	d.Fail(pcscd.Fault{Command: pcscd.GetReadersState, Hangup: true})
	must(t, d.Insert(desk, pcscd.Dummy{}))
	for ev := range r.events {
		if ev.Kind == card.ServiceDown {
			break
		}
	}
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	r.next(card.Inserted)
}

func TestCancelAtAnyMomentIsNeverLost(t *testing.T) {
	d := start(t, desk)
	for i := range 200 {
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error, 1)
		w := NewWatcher(slog.New(slog.DiscardHandler), &card.Generations{})
		go func() { done <- w.Watch(ctx, func(card.Event) {}) }()
		go func() {
			if i%2 == 0 {
				_ = d.Insert(desk, pcscd.Dummy{})
			} else {
				_ = d.Remove(desk)
			}
		}()
		// A moment between none and what a whole start takes.
		time.Sleep(rand.N(2 * time.Millisecond))
		began := time.Now()
		cancel(errStopped)
		select {
		case err := <-done:
			if !errors.Is(err, errStopped) {
				t.Fatalf("round %d: Watch returned %v", i, err)
			}
		case <-time.After(patience):
			t.Fatalf("round %d: the cancel was lost", i)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("round %d: the end took %v", i, took)
		}
	}
}

func TestCancelWhileTheServiceIsAway(t *testing.T) {
	r := watch(t)
	r.next(card.ServiceDown)
	began := time.Now()
	if err := r.stop(); !errors.Is(err, errStopped) {
		t.Errorf("Watch returned %v", err)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("the end took %v", took)
	}
}

func TestWatchLeavesAServiceThatHangs(t *testing.T) {
	d := start(t, desk)
	stuck, entered := make(chan struct{}), make(chan struct{})
	d.Fail(pcscd.Fault{Command: pcscd.GetReadersState, Do: func() { close(entered); <-stuck }})
	w := NewWatcher(slog.New(slog.DiscardHandler), &card.Generations{})
	w.grace = 20 * time.Millisecond
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Watch(ctx, func(ev card.Event) { t.Errorf("event %v", ev.Kind) }) }()
	<-entered
	cancel(errStopped)
	if err := <-done; !errors.Is(err, errStopped) {
		t.Errorf("Watch returned %v", err)
	}
	// The call that was left behind still counts as watching.
	if err := w.Watch(t.Context(), func(card.Event) {}); err == nil {
		t.Error("a second Watch began beside the one that hangs")
	}
	close(stuck)
	for w.watching.Load() {
		time.Sleep(time.Millisecond)
	}
}

func TestTwoWatchersSeeTheSame(t *testing.T) {
	d := start(t, desk)
	a, b := watch(t), watch(t)
	for _, r := range []*record{a, b} {
		r.next(card.ServiceUp)
		r.next(card.ReaderAdded)
	}
	for range 50 {
		must(t, d.Insert(desk, pcscd.Dummy{}))
		runtime.GC() // takes back what the binding let go of
		a.next(card.Inserted)
		b.next(card.Inserted)
		must(t, d.Remove(desk))
		runtime.GC()
		a.next(card.Removed)
		b.next(card.Removed)
	}
}

func BenchmarkInsertionToEvent(b *testing.B) {
	d := start(b, desk)
	r := watch(b)
	r.next(card.ServiceUp)
	r.next(card.ReaderAdded)
	for b.Loop() {
		must(b, d.Insert(desk, pcscd.Dummy{}))
		r.next(card.Inserted)
		b.StopTimer()
		must(b, d.Remove(desk))
		r.next(card.Removed)
		b.StartTimer()
	}
}
