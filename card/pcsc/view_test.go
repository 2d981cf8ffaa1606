package pcsc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/card"

	"github.com/ebfe/scard"
)

// look is what the service says of one reader at one moment.
type look struct {
	state scard.StateFlag
	atr   []byte
}

func TestStatesBecomeEvents(t *testing.T) {
	const (
		empty   = scard.StateEmpty | scard.StateChanged
		present = scard.StatePresent | scard.StateChanged
	)
	count := func(n int, f scard.StateFlag) scard.StateFlag { return scard.StateFlag(n)<<counterShift | f }
	atr := []byte{0x3B, 0x00}
	for _, tt := range []struct {
		name  string
		looks []look
		want  string
	}{
		{"nothing", []look{{count(0, empty), nil}, {count(0, empty), nil}}, ""},
		{"in and out", []look{{count(0, empty), nil}, {count(1, present), atr}, {count(2, empty), nil}}, "inserted 1, removed 1"},
		{"there from the start", []look{{count(0, present), atr}, {count(1, empty), nil}}, "inserted 1, removed 1"},
		{"the same again", []look{{count(1, present), atr}, {count(1, present), atr}}, "inserted 1"},
		{"swapped", []look{{count(1, present), atr}, {count(3, present), atr}}, "inserted 1, removed 1, inserted 2"},
		{"swapped, counter runs over", []look{{count(0xFFFF, present), atr}, {count(1, present), atr}}, "inserted 1, removed 1, inserted 2"},
		{"in and out between two looks", []look{{count(0, empty), nil}, {count(2, empty), nil}}, ""},
		{"used by others", []look{{count(1, present), atr}, {count(1, present|scard.StateInuse), atr}, {count(1, present|scard.StateExclusive), atr}}, "inserted 1"},
		{"mute", []look{{count(1, present|scard.StateMute), nil}, {count(2, empty), nil}}, "mute 1, removed 1"},
		{"mute with an answer to reset", []look{{count(1, present|scard.StateMute), atr}}, "mute 1"},
		{"no answer to reset", []look{{count(1, present), nil}}, "mute 1"},
		{"answers after all", []look{{count(1, present|scard.StateMute), nil}, {count(1, present), atr}}, "mute 1, removed 1, inserted 2"},
		{"falls silent", []look{{count(1, present), atr}, {count(1, present|scard.StateMute), nil}}, "inserted 1, removed 1, mute 2"},
		{"mute swapped for mute", []look{{count(1, present|scard.StateMute), nil}, {count(3, present|scard.StateMute), nil}}, "mute 1, removed 1, mute 2"},
		{"reader in a bad state", []look{{count(1, present), atr}, {scard.StateUnavailable | scard.StateChanged, nil}, {count(1, present), atr}}, "inserted 1, removed 1, inserted 2"},
		{"reader unknown", []look{{count(1, present), atr}, {scard.StateUnknown | scard.StateUnavailable | scard.StateChanged, nil}}, "inserted 1, removed 1"},
		{"contradiction", []look{{count(1, present|scard.StateUnavailable), atr}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			v := &view{gens: &card.Generations{}, emit: func(ev card.Event) {
				got = append(got, fmt.Sprintf("%v %d", ev.Kind, ev.Gen))
				if (ev.Kind == card.Inserted) != (len(ev.ATR) > 0) {
					t.Errorf("%v with ATR %v", ev.Kind, ev.ATR)
				}
			}}
			s := &slot{name: "reader"}
			for _, l := range tt.looks {
				v.card(s, l.state, l.atr)
				if s.state&scard.StateChanged != 0 {
					t.Error("the mark of a change is told back to the service")
				}
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("events %v, want %s", got, tt.want)
			}
		})
	}
}

func TestATRIsACopy(t *testing.T) {
	var got card.ATR
	v := &view{gens: &card.Generations{}, emit: func(ev card.Event) { got = ev.ATR }}
	atr := []byte{0x3B, 0x00}
	v.card(&slot{}, scard.StatePresent, atr)
	clear(atr)
	if got[0] != 0x3B {
		t.Error("an event's ATR changed afterwards")
	}
}

func TestOutageIsReportedOnceForEachKind(t *testing.T) {
	var got []string
	v := &view{gens: &card.Generations{}, emit: func(ev card.Event) {
		got = append(got, ev.Kind.String())
		if ev.Err != nil && !errors.Is(ev.Err, card.ErrNoService) && !errors.Is(ev.Err, card.ErrAccess) {
			t.Errorf("%v: %v says nothing of the service", ev.Kind, ev.Err)
		}
	}}
	down := func(kind error) { v.serviceDown(fmt.Errorf("find it: %w", kind)) }
	down(errors.New("something of the service"))
	down(card.ErrNoService)
	down(card.ErrNoService)
	down(errors.New("something else of the service"))
	down(card.ErrAccess)
	down(card.ErrAccess)
	v.serviceUp()
	v.serviceUp()
	v.readers([]string{"a", "b", "a"})
	v.readers([]string{"b"})
	down(card.ErrNoService)
	want := []string{
		"service-down", "service-down", "service-up",
		"reader-added", "reader-added", "reader-removed", "reader-removed", "service-down",
	}
	if !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

// What the pseudo reader is told decides between missing readers and waking
// without end.
func TestWhatTheServiceIsAskedToCompare(t *testing.T) {
	v := &view{gens: &card.Generations{}, emit: func(card.Event) {}}
	r := round{w: &Watcher{}, v: v}
	word := func() scard.StateFlag {
		st := r.states()
		return st[len(st)-1].CurrentState
	}
	v.readers([]string{"a", "b"})
	if got := word(); got != 2<<counterShift {
		t.Errorf("the pseudo reader is told 0x%X, want the number of readers", got)
	}
	// A newer service answers with a counter of its own.
	states := r.states()
	states[2].EventState = 7<<counterShift | scard.StateChanged
	r.apply(states)
	if got := word(); got != 7<<counterShift {
		t.Errorf("the pseudo reader is told 0x%X, want what it said", got)
	}
	if d := r.limit(); d != waitLimit {
		t.Errorf("a service that counts is asked again after %v", d)
	}
}

func TestWaitsSettleAfterReadersChanged(t *testing.T) {
	r := round{v: &view{}}
	var got []time.Duration
	for range len(settle) + 2 {
		got = append(got, r.limit())
	}
	want := append(slices.Clone(settle[:]), waitLimit, waitLimit)
	if !slices.Equal(got, want) {
		t.Errorf("waits of %v, want %v", got, want)
	}
}

func TestRetries(t *testing.T) {
	for failed := range 100 {
		if d := retry(failed, true); d > slowRetry {
			t.Errorf("retry %d after %v", failed, d)
		}
		if d := retry(failed, false); d <= 0 || d > slowestRetry {
			t.Errorf("retry %d without a notice after %v", failed, d)
		}
		if d := jitter(time.Second); d < 800*time.Millisecond || d > 1200*time.Millisecond {
			t.Errorf("jitter of a second is %v", d)
		}
	}
}

func TestCodesHaveMeanings(t *testing.T) {
	for code, want := range map[scard.Error]error{
		scard.ErrNoService:         card.ErrNoService,
		scard.ErrServiceStopped:    card.ErrNoService,
		scard.ErrCommError:         card.ErrNoService,
		scard.ErrSecurityViolation: card.ErrNoService,
		scard.ErrNoAccess:          card.ErrAccess,
		scard.ErrUnknownReader:     card.ErrNoReader,
		scard.ErrNoSmartcard:       card.ErrNoCard,
		scard.ErrRemovedCard:       card.ErrRemoved,
		scard.ErrResetCard:         card.ErrReset,
		scard.ErrUnresponsiveCard:  card.ErrMute,
		scard.ErrSharingViolation:  card.ErrBusy,
		scard.ErrTimeout:           card.ErrTimeout,
		scard.ErrProtoMismatch:     card.ErrUnsupported,
	} {
		err := failure("do", code)
		if !errors.Is(err, want) || !errors.Is(err, code) {
			t.Errorf("%v does not mean %v", err, want)
		}
		if raw := fmt.Sprintf("0x%08X", uint32(code)); !strings.Contains(err.Error(), raw) {
			t.Errorf("%q does not tell the code %s", err, raw)
		}
	}
	if failure("do", nil) != nil {
		t.Error("success is a failure")
	}
	if err := failure("do", scard.ErrNotTransacted); !strings.Contains(err.Error(), "0x80100016") {
		t.Errorf("%q does not tell the code", err)
	}
}
