package fault

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lanyard/card"
)

func player(t *testing.T, script string) *Player {
	t.Helper()
	s, err := Parse([]byte(script))
	if err != nil {
		t.Fatal(err)
	}
	return NewPlayer(s)
}

func TestCommandOf(t *testing.T) {
	for apdu, want := range map[string]Command{
		"00A4040009A0000003080000100000": Select,
		"00CB3FFF055C035FC10500":         Read,
		"00200080":                       Status,
		"0020008000":                     Status,
		"00200080083132333435363738":     Verify,
		"0020FF80":                       Drop,
		"00240080103132333435363738" + "3132333435363738": Change,
		"002C0080103132333435363738" + "3132333435363738": Unblock,
		"1087079A0400000000":                              Other,
		"0087079A0400000000":                              Sign,
		"00C00000":                                        Other,
		"00":                                              Other,
		"":                                                Other,
	} {
		b, err := hex.DecodeString(apdu)
		if err != nil {
			t.Fatal(err)
		}
		if got := CommandOf(b); got != want {
			t.Errorf("%s is %v, want %v", apdu, got, want)
		}
	}
}

func TestDo(t *testing.T) {
	for _, c := range []struct {
		script string
		ran    int // how often the card carried a VERIFY out, of three
		is     error
		tally  Tally
	}{
		{"", 3, nil, Tally{Accepted: 3}},
		{"at 2 pull", 2, card.ErrRemoved, Tally{Accepted: 2, Unanswered: 1}},
		{"at verify 2 pull after", 3, card.ErrRemoved, Tally{Accepted: 2, Unanswered: 1}},
		{"at 1 mute", 2, card.ErrMute, Tally{Accepted: 2, Unanswered: 1}},
		{"at 3 reset", 2, card.ErrReset, Tally{Accepted: 2, Unanswered: 1}},
		{"at sign 1 mute", 3, nil, Tally{Accepted: 3}},
		{"at verify 1 refuse 0", 2, card.ErrPINBlocked, Tally{Accepted: 2, Refused: 1}},
		{"locked", 0, card.ErrPINBlocked, Tally{Refused: 3}},
		{"every verify answer 6F00\nat 2 mute", 0, card.ErrMute, Tally{Unanswered: 3}},
	} {
		p := player(t, c.script)
		pulled, ran := 0, 0
		p.Attach(func() { pulled++ }, func() {})
		var errs []error
		for range 3 {
			errs = append(errs, p.Do(t.Context(), Verify, func() error {
				ran++
				return nil
			}))
		}
		err := errors.Join(errs...)
		if ran != c.ran || !errors.Is(err, c.is) || p.Tally() != c.tally {
			t.Errorf("%q: carried out %d, tally %+v, %v", c.script, ran, p.Tally(), err)
		}
		if (pulled > 0) != errors.Is(err, card.ErrRemoved) {
			t.Errorf("%q: pulled %d times", c.script, pulled)
		}
		if p.Commands() != 3 {
			t.Errorf("%q: %d commands", c.script, p.Commands())
		}
	}
}

func TestRefuseTellsTries(t *testing.T) {
	p := player(t, "every verify refuse 2\nevery unblock refuse 1")
	var pin *card.PINError
	if err := p.Do(t.Context(), Verify, nil); !errors.As(err, &pin) || pin.Retries != 2 {
		t.Errorf("verify: %v", err)
	}
	var puk *card.PUKError
	if err := p.Do(t.Context(), Unblock, nil); !errors.As(err, &puk) || puk.Retries != 1 {
		t.Errorf("unblock: %v", err)
	}
}

func TestSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := player(t, "slow 20ms\nslow 1s verify")
		begin := time.Now()
		if err := p.Do(t.Context(), Verify, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d != 1020*time.Millisecond {
			t.Errorf("took %v", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err := p.Do(ctx, Sign, func() error {
			t.Error("carried out after its context ended")
			return nil
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("slow command, short patience: %v", err)
		}
	})
}

func TestEndedContextSendsNothing(t *testing.T) {
	p := NewPlayer(nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(card.ErrRemoved)
	if err := p.Do(ctx, Verify, nil); !errors.Is(err, card.ErrRemoved) {
		t.Error(err)
	}
	if _, err := p.Wrap(nil)(ctx, nil); !errors.Is(err, card.ErrRemoved) {
		t.Error(err)
	}
	if p.Commands() != 0 || p.Tally() != (Tally{}) {
		t.Errorf("%d commands, %+v", p.Commands(), p.Tally())
	}
}

func TestWrap(t *testing.T) {
	verify := []byte{0, 0x20, 0, 0x80, 8, '1', '2', '3', '4', '5', '6', 0xFF, 0xFF}
	status := []byte{0, 0x20, 0, 0x80}
	ok := []byte{0x90, 0}
	for _, c := range []struct {
		script string
		apdu   []byte
		card   []byte // what the card behind answers
		want   string
		is     error
		tally  Tally
	}{
		{"", verify, ok, "9000", nil, Tally{Accepted: 1}},
		{"", verify, []byte{0x63, 0xC2}, "63c2", nil, Tally{Refused: 1}},
		{"", verify, []byte{0x69, 0x83}, "6983", nil, Tally{Refused: 1}},
		{"", verify, []byte{0x6A, 0x80}, "6a80", nil, Tally{}},
		{"", verify, []byte{0x6F, 0}, "6f00", nil, Tally{Unanswered: 1}},
		{"", verify, nil, "", nil, Tally{Unanswered: 1}},
		{"", status, []byte{0x63, 0xC3}, "63c3", nil, Tally{}},
		{"at verify 1 refuse 1", verify, ok, "63c1", nil, Tally{Refused: 1}},
		{"at verify 1 refuse 0", verify, ok, "6983", nil, Tally{Refused: 1}},
		{"at 1 answer 6F12", verify, ok, "6f12", nil, Tally{Unanswered: 1}},
		{"at 1 pull after", verify, ok, "", card.ErrRemoved, Tally{Unanswered: 1}},
		{"at 1 reset", verify, ok, "", card.ErrReset, Tally{Unanswered: 1}},
		{"at 1 mute", status, ok, "", card.ErrMute, Tally{}},
		{"locked", status, ok, "6983", nil, Tally{}},
		{"locked", verify, ok, "6983", nil, Tally{Refused: 1}},
	} {
		p := player(t, c.script)
		out, err := p.Wrap(func(context.Context, []byte) ([]byte, error) { return c.card, nil })(t.Context(), c.apdu)
		if hex.EncodeToString(out) != c.want || !errors.Is(err, c.is) || p.Tally() != c.tally {
			t.Errorf("%q on %X: %X, %v, %+v", c.script, c.apdu, out, err, p.Tally())
		}
	}
}

// TestPlay goes over to other scripts while the card is in: each counts anew,
// and who plays one hears of it before the deed.
func TestPlay(t *testing.T) {
	p := NewPlayer(nil)
	var order []string
	p.Attach(func() { order = append(order, "pulled") }, func() {})
	do := func() error { return p.Do(t.Context(), Sign, func() error { return nil }) }
	if err := do(); err != nil {
		t.Fatal(err)
	}
	script, err := Parse([]byte("at sign 1 pull"))
	if err != nil {
		t.Fatal(err)
	}
	p.Play(script, func() { order = append(order, "told") })
	if err := do(); !errors.Is(err, card.ErrRemoved) || !slices.Equal(order, []string{"told", "pulled"}) {
		t.Errorf("%v, %v", err, order)
	}
	if err := do(); err != nil || len(order) != 2 {
		t.Errorf("once more: %v, %v", err, order)
	}
	p.Play(script, nil)
	p.Play(nil, nil)
	if err := do(); err != nil {
		t.Errorf("taken back: %v", err)
	}
}
