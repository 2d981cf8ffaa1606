package bench_test

import (
	"slices"
	"sync/atomic"
	"time"
)

// stopwatch adds up the time that is spent elsewhere: at the reader, on the wire.
type stopwatch struct{ sum atomic.Int64 }

// count begins to count and returns what ends it.
func (w *stopwatch) count() func() {
	begin := time.Now()
	return func() { w.add(time.Since(begin)) }
}

func (w *stopwatch) add(d time.Duration) { w.sum.Add(int64(d)) }

// take returns the sum and begins anew.
func (w *stopwatch) take() time.Duration { return time.Duration(w.sum.Swap(0)) }

// series is one measure, time after time.
type series []time.Duration

// micros is the median in microseconds.
func (s series) micros() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return float64(sorted[len(sorted)/2].Nanoseconds()) / 1000
}

// times is the median of how many times b each measure of s is.
func (s series) times(b series) float64 {
	ratios := make([]float64, len(s))
	for i := range s {
		ratios[i] = float64(s[i]) / float64(b[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
