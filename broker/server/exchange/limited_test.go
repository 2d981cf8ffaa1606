package exchange

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimited holds a limited context against one with a timer, at each moment
// and whether or not somebody waits for it.
func TestLimited(t *testing.T) {
	type key struct{}
	cause := errors.New("caller went away")
	for name, end := range map[string]struct {
		do   func(cancelParent func(), over func())
		want error // of Err
		says error // of context.Cause
	}{
		"alive":      {func(func(), func()) {}, nil, nil},
		"at work":    {func(func(), func()) { time.Sleep(time.Second - 1) }, nil, nil},
		"too late":   {func(func(), func()) { time.Sleep(time.Second) }, context.DeadlineExceeded, context.DeadlineExceeded},
		"answered":   {func(_, over func()) { over() }, context.Canceled, context.Canceled},
		"given up":   {func(cancel, _ func()) { cancel() }, context.Canceled, cause},
		"both at it": {func(cancel, over func()) { over(); cancel() }, context.Canceled, nil},
	} {
		for _, waits := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				parent, cancel := context.WithCancelCause(context.WithValue(t.Context(), key{}, "kept"))
				defer cancel(nil)
				l := within(parent, time.Second)
				defer l.over()
				if waits {
					<-child(t, l).Done()
					l.Done()
				}
				end.do(func() { cancel(cause) }, l.over)
				synctest.Wait()
				if err := l.Err(); !errors.Is(err, end.want) {
					t.Errorf("%s, waits %v: %v, want %v", name, waits, err, end.want)
				}
				if got := context.Cause(l); end.says != nil && !errors.Is(got, end.says) {
					t.Errorf("%s, waits %v: cause %v, want %v", name, waits, got, end.says)
				}
				select {
				case <-l.Done():
					if end.want == nil {
						t.Errorf("%s, waits %v: done", name, waits)
					}
				default:
					if end.want != nil {
						t.Errorf("%s, waits %v: not done", name, waits)
					}
				}
				if at, ok := l.Deadline(); !ok || l.Value(key{}) != "kept" || at.IsZero() {
					t.Errorf("%s: deadline %v, value %v", name, at, l.Value(key{}))
				}
			})
		}
	}
}

// child is a context made of another that has ended by itself.
func child(t *testing.T, parent context.Context) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(parent)
	cancel()
	return ctx
}
