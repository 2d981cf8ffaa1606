package pcsc

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
)

var (
	getData = []byte{0x00, 0xCB, 0x3F, 0xFF, 0x05, 0x5C, 0x03, 0x5F, 0xC1, 0x02, 0x00}
	verify  = []byte{0x00, 0x20, 0x00, 0x80, 0x08, '1', '2', '3', '4', '5', '6', 0xFF, 0xFF}
	success = []byte{0x90, 0x00}
)

// quick are limits that a test can wait for.
var quick = limits{busy: 300 * time.Millisecond, command: 300 * time.Millisecond, keypad: 300 * time.Millisecond, idle: time.Second, hangUp: 2 * time.Second}

// inserted starts a look-alike with a card and connects to it.
func inserted(t *testing.T, c pcscd.Card) (*pcscd.Daemon, *Conn) {
	t.Helper()
	d := start(t, desk)
	must(t, d.Insert(desk, c))
	return d, dialLimited(t, quick)
}

func dialLimited(t *testing.T, lim limits) *Conn {
	t.Helper()
	conn, err := connect(t.Context(), desk, 7, lim)
	must(t, err)
	t.Cleanup(func() {
		if err := conn.Disconnect(false); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// want fails unless err is one of the vocabulary and tells the raw code.
func want(t *testing.T, err, kind error, code string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), code) {
		t.Errorf("error %v, want %v with %q", err, kind, code)
	}
}

func TestTransmit(t *testing.T) {
	long := append(bytes.Repeat([]byte{0xA5}, 65536), 0x90, 0x00)
	for _, tt := range []struct {
		name            string
		command, answer []byte
	}{
		{"status word only", verify, success},
		{"data", getData, []byte{0x53, 0x02, 1, 2, 0x90, 0x00}},
		{"longest extended answer", getData, long},
		{"longest extended command", append([]byte{0, 0xDB, 0x3F, 0xFF, 0, 0xFF, 0xFF}, make([]byte, 65535)...), success},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, c := inserted(t, pcscd.Dummy{Answer: tt.answer})
			seen := make(chan []byte, 1)
			d.OnTransmit(func(_ string, apdu []byte) { seen <- bytes.Clone(apdu) })
			answer, err := c.Transmit(t.Context(), tt.command)
			must(t, err)
			if !bytes.Equal(answer, tt.answer) {
				t.Errorf("%d octets of answer, want %d", len(answer), len(tt.answer))
			}
			if got := <-seen; !bytes.Equal(got, tt.command) {
				t.Errorf("%d octets of command, want %d", len(got), len(tt.command))
			}
			if c.Reader() != desk || c.Generation() != 7 {
				t.Errorf("connection of %q generation %d", c.Reader(), c.Generation())
			}
		})
	}
}

func TestCommandsOfNoLength(t *testing.T) {
	_, c := inserted(t, pcscd.Dummy{})
	for _, n := range []int{0, 3, maxCommand + 1} {
		if _, err := c.Transmit(t.Context(), make([]byte, n)); err == nil {
			t.Errorf("a command of %d octets was sent", n)
		}
	}
	_, err := c.Transmit(t.Context(), verify)
	must(t, err)
}

func TestConnectErrors(t *testing.T) {
	for _, tt := range []struct {
		name  string
		setup func(t *testing.T, d *pcscd.Daemon)
		kind  error
		code  string
	}{
		{"no reader", func(t *testing.T, d *pcscd.Daemon) { must(t, d.RemoveReader(desk)) }, card.ErrNoReader, "0x80100009"},
		{"no card", func(*testing.T, *pcscd.Daemon) {}, card.ErrNoCard, "0x8010000C"},
		{"mute card", func(t *testing.T, d *pcscd.Daemon) { must(t, d.InsertMute(desk)) }, card.ErrMute, "0x80100066"},
		{"exclusive", fail(pcscd.SharingViolation), card.ErrBusy, "0x8010000B"},
		{"other protocol", fail(pcscd.ProtoMismatch), card.ErrUnsupported, "0x8010000F"},
		{"service stops", func(_ *testing.T, d *pcscd.Daemon) {
			d.Fail(pcscd.Fault{Command: pcscd.Connect, Hangup: true})
		}, card.ErrNoService, "0x"},
		{"no service", func(_ *testing.T, d *pcscd.Daemon) { d.Stop() }, card.ErrNoService, "0x8010001D"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := start(t, desk)
			tt.setup(t, d)
			_, err := Connect(t.Context(), desk, 1)
			want(t, err, tt.kind, tt.code)
		})
	}
}

func fail(code uint32) func(*testing.T, *pcscd.Daemon) {
	return func(_ *testing.T, d *pcscd.Daemon) { d.Fail(pcscd.Fault{Command: pcscd.Connect, Code: code}) }
}

func TestNameThatIsTooLong(t *testing.T) {
	start(t)
	_, err := Connect(t.Context(), card.ReaderID(strings.Repeat("Ж", 500)), 1)
	if err == nil || !strings.Contains(err.Error(), "0x80100011") {
		t.Errorf("error %v", err)
	}
}

func TestRemoval(t *testing.T) {
	for _, tt := range []struct {
		name string
		pull func(d *pcscd.Daemon) error
	}{
		{"card", func(d *pcscd.Daemon) error { return d.Remove(desk) }},
		{"swapped card", func(d *pcscd.Daemon) error { return d.Swap(desk, pcscd.Dummy{}) }},
		{"reader", func(d *pcscd.Daemon) error { return d.RemoveReader(desk) }},
	} {
		t.Run(tt.name+" between commands", func(t *testing.T) {
			d, c := inserted(t, pcscd.Dummy{})
			_, err := c.Transmit(t.Context(), getData)
			must(t, err)
			must(t, tt.pull(d))
			for range 3 {
				_, err = c.Transmit(t.Context(), getData)
				want(t, err, card.ErrRemoved, "")
				want(t, c.Begin(t.Context()), card.ErrRemoved, "")
			}
			c.End()
		})
		t.Run(tt.name+" in the middle of a command", func(t *testing.T) {
			d, c := inserted(t, pcscd.Dummy{})
			d.OnTransmit(func(string, []byte) { must(t, tt.pull(d)) })
			err := c.Exclusive(t.Context(), func(ctx context.Context) error {
				_, err := c.Transmit(ctx, getData)
				return err
			})
			want(t, err, card.ErrRemoved, "0x80100016")
			_, err = c.Transmit(t.Context(), getData)
			want(t, err, card.ErrRemoved, "")
		})
	}
}

func TestServiceEndsInTheMiddleOfACommand(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	d.Fail(pcscd.Fault{Command: pcscd.Transmit, Hangup: true})
	_, err := c.Transmit(t.Context(), getData)
	want(t, err, card.ErrNoService, "0x80100")
	_, err = c.Transmit(t.Context(), getData)
	want(t, err, card.ErrNoService, "0x80100")
}

func TestExchangeFailsAndTheCardIsThere(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	d.Fail(pcscd.Fault{Command: pcscd.Transmit, Code: pcscd.NotTransacted, Lost: true})
	c.limits.command = 5 * time.Second
	_, err := c.Transmit(t.Context(), verify)
	want(t, err, card.ErrMute, "0x80100016")
	// The connection lives: the card may have had a moment.
	_, err = c.Transmit(t.Context(), getData)
	must(t, err)
	if n := d.Count(pcscd.Transmit); n != 2 {
		t.Errorf("the card had %d commands, want 2: nothing is ever sent twice", n)
	}
}

func TestExchangeFailsAndTheServiceFindsOutLater(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	c.limits.command = 5 * time.Second
	d.Fail(pcscd.Fault{Command: pcscd.Transmit, Code: pcscd.NotTransacted})
	// The third look finds the card gone, as pcscd with a poll of 0.4 s would.
	d.Fail(pcscd.Fault{Command: pcscd.Status, N: 3, Do: func() { must(t, d.Remove(desk)) }})
	_, err := c.Transmit(t.Context(), getData)
	want(t, err, card.ErrRemoved, "0x80100016")
}

// vpcd's driver tells so of a card that was pulled in the middle of a command.
func TestAnswerWithoutAStatusWord(t *testing.T) {
	for _, octets := range [][]byte{{}, {0x90}} {
		d, c := inserted(t, pcscd.Dummy{Answer: octets})
		c.limits.command = 5 * time.Second
		_, err := c.Transmit(t.Context(), getData)
		want(t, err, card.ErrMute, "0x80100016")
		d.Fail(pcscd.Fault{Command: pcscd.Status, N: 2, Do: func() { must(t, d.Remove(desk)) }})
		_, err = c.Transmit(t.Context(), getData)
		want(t, err, card.ErrRemoved, "0x80100016")
	}
}

func TestResetByAnotherProgram(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	must(t, d.Reset(desk))
	_, err := c.Transmit(t.Context(), getData)
	want(t, err, card.ErrReset, "0x80100068")
	if n := d.Count(pcscd.Transmit); n != 0 {
		t.Errorf("%d commands were sent", n)
	}
	_, err = c.Transmit(t.Context(), getData)
	must(t, err)

	must(t, d.Reset(desk))
	want(t, c.Begin(t.Context()), card.ErrReset, "0x80100068")
	must(t, c.Begin(t.Context()))
	c.End()
}

func TestResetInTheMiddleOfASeries(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	err := c.Exclusive(t.Context(), func(ctx context.Context) error {
		_, err := c.Transmit(ctx, getData)
		must(t, err)
		must(t, d.Reset(desk))
		_, err = c.Transmit(ctx, getData)
		want(t, err, card.ErrReset, "0x80100068")
		// The rest of a series that was broken is not sent.
		_, err = c.Transmit(ctx, verify)
		return err
	})
	want(t, err, card.ErrReset, "")
	if n := d.Count(pcscd.Transmit); n != 2 {
		t.Errorf("%d commands were sent, want 2", n)
	}
	_, err = c.Transmit(t.Context(), getData)
	must(t, err)
}

func TestAnotherProgramHoldsTheCard(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	release, err := d.HoldTransaction(desk)
	must(t, err)
	_, err = c.Transmit(t.Context(), verify)
	want(t, err, card.ErrBusy, "")
	want(t, c.Begin(t.Context()), card.ErrBusy, "")
	if n := d.Count(pcscd.Transmit); n != 0 {
		t.Errorf("%d commands were sent", n)
	}
	// What was given up must neither be sent later nor keep the card.
	release()
	c.limits.busy = patience
	must(t, c.Begin(t.Context()))
	c.End()
	if n := d.Count(pcscd.Transmit); n != 0 {
		t.Errorf("%d commands were sent after they were given up", n)
	}
	again, err := d.HoldTransaction(desk)
	must(t, err)
	again()
}

func TestTheCardIsFreeAfterASecondOfThinking(t *testing.T) {
	d := start(t, desk)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	impatient := quick
	impatient.idle = 50 * time.Millisecond
	c := dialLimited(t, impatient)
	err := c.Exclusive(t.Context(), func(ctx context.Context) error {
		_, err := c.Transmit(ctx, getData)
		must(t, err)
		patient := quick
		patient.busy = patience
		other := dialLimited(t, patient)
		if _, err := other.Transmit(ctx, getData); err != nil {
			t.Errorf("another program: %v", err)
		}
		_, err = c.Transmit(ctx, verify)
		return err
	})
	want(t, err, card.ErrReset, "given back")
	if n := d.Count(pcscd.Transmit); n != 2 {
		t.Errorf("%d commands were sent, want 2", n)
	}
	_, err = c.Transmit(t.Context(), getData)
	must(t, err)
}

func TestCommandThatTakesTooLong(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	stuck := make(chan struct{})
	d.Fail(pcscd.Fault{Command: pcscd.Transmit, Do: func() { <-stuck }})
	apdu := bytes.Clone(verify)
	_, err := c.Transmit(t.Context(), apdu)
	want(t, err, card.ErrTimeout, "")
	clear(apdu) // as a caller does that wipes a PIN
	_, err = c.Transmit(t.Context(), getData)
	want(t, err, card.ErrTimeout, "")

	c.limits.hangUp = 20 * time.Millisecond
	want(t, c.Disconnect(true), card.ErrTimeout, "")
	close(stuck)
	c.limits.hangUp = patience
	must(t, c.Disconnect(true))
}

func TestEndOfContextInTheMiddleOfACommand(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	ctx, cancel := context.WithCancelCause(t.Context())
	stuck := make(chan struct{})
	d.Fail(pcscd.Fault{Command: pcscd.Transmit, Do: func() { cancel(card.ErrRemoved); <-stuck }})
	_, err := c.Transmit(ctx, verify)
	want(t, err, card.ErrRemoved, "")
	_, err = c.Transmit(t.Context(), getData)
	want(t, err, card.ErrRemoved, "")
	close(stuck)
}

func TestEndOfContextBeforeACommand(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	release, err := d.HoldTransaction(desk)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = c.Transmit(ctx, verify)
	want(t, err, card.ErrTimeout, "")
	_, err = c.Transmit(ctx, verify)
	want(t, err, card.ErrTimeout, "")
	_, err = Connect(ctx, desk, 1)
	want(t, err, card.ErrTimeout, "")
	release()
	// Nothing was sent, so the connection lives.
	c.limits.busy = patience
	_, err = c.Transmit(t.Context(), getData)
	must(t, err)
	if n := d.Count(pcscd.Transmit); n != 1 {
		t.Errorf("%d commands were sent, want 1", n)
	}
}

func TestConnectIsGivenUpWhileTheServiceHangs(t *testing.T) {
	d := start(t, desk)
	must(t, d.Insert(desk, pcscd.Dummy{}))
	ctx, cancel := context.WithCancelCause(t.Context())
	stuck := make(chan struct{})
	d.Fail(pcscd.Fault{Command: pcscd.Connect, Do: func() { cancel(card.ErrRemoved); <-stuck }})
	_, err := Connect(ctx, desk, 1)
	want(t, err, card.ErrRemoved, "")
	close(stuck)
}

func TestDisconnect(t *testing.T) {
	for _, reset := range []bool{false, true} {
		c := &countingCard{}
		_, conn := inserted(t, c)
		must(t, conn.Disconnect(reset))
		must(t, conn.Disconnect(reset))
		_, err := conn.Transmit(t.Context(), getData)
		want(t, err, errDisconnected, "")
		want(t, conn.Begin(t.Context()), errDisconnected, "")
		conn.End()
		if got := c.Resets() == 1; got != reset {
			t.Errorf("Disconnect(%v): the card was reset %d times", reset, c.Resets())
		}
	}
}

func TestManyUsersOfOneConnection(t *testing.T) {
	_, c := inserted(t, pcscd.Dummy{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if answer, err := c.Transmit(t.Context(), getData); err != nil || !bytes.Equal(answer, success) {
					t.Errorf("answer % X: %v", answer, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestSeriesOfOneConnectionDoNotMix(t *testing.T) {
	d, c := inserted(t, pcscd.Dummy{})
	c.limits.busy = patience
	var wg sync.WaitGroup
	var inside atomic.Int32
	for range 8 {
		wg.Go(func() {
			for range 10 {
				err := c.Exclusive(t.Context(), func(ctx context.Context) error {
					defer inside.Add(-1)
					if n := inside.Add(1); n != 1 {
						t.Errorf("%d series at once", n)
					}
					_, err := c.Transmit(ctx, getData)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	// Nothing of it holds the card.
	release, err := d.HoldTransaction(desk)
	must(t, err)
	release()
}

// countingCard counts its resets.
type countingCard struct {
	pcscd.Dummy
	mu     sync.Mutex
	resets int
}

func (c *countingCard) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.resets++
}

// Resets returns how often the card was reset.
func (c *countingCard) Resets() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resets
}

func BenchmarkTransmit(b *testing.B) {
	d := start(b, desk)
	must(b, d.Insert(desk, pcscd.Dummy{}))
	c, err := Connect(b.Context(), desk, 1)
	must(b, err)
	defer func() { must(b, c.Disconnect(false)) }()
	for b.Loop() {
		_, err := c.Transmit(b.Context(), getData)
		must(b, err)
	}
}
