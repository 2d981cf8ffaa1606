package times

import (
	"time"

	"lanyard/broker/agent"
)

// buckets is how many there are: one for each bound, and one for what took longer.
const buckets = 8

// Bounds are the upper bounds of the buckets but the last, which has none.
func Bounds() []time.Duration {
	bounds := make([]time.Duration, buckets-1)
	for i := range bounds {
		bounds[i] = 100 * time.Millisecond << i
	}
	return bounds
}

// Histogram is how often something took how long.
type Histogram struct {
	Measure agent.Measure
	Since   time.Time // the day of the first; zero: there is none
	Buckets [buckets]uint64
}

// Count is how often it was measured.
func (h Histogram) Count() (n uint64) {
	for _, b := range h.Buckets {
		n += b
	}
	return n
}

// Within is the bound that a share of all stayed within, from 0 to 1. It is
// false where there are none, or where they took longer than the last bound.
func (h Histogram) Within(share float64) (time.Duration, bool) {
	all := h.Count()
	var n uint64
	for i, bound := range Bounds() {
		n += h.Buckets[i]
		if n > 0 && float64(n) >= share*float64(all) {
			return bound, true
		}
	}
	return 0, false
}

// add counts one duration.
func (h *Histogram) add(d time.Duration, at time.Time) {
	if h.Since.IsZero() {
		h.Since = at.UTC().Truncate(24 * time.Hour)
	}
	i := 0
	for i < buckets-1 && d > Bounds()[i] {
		i++
	}
	h.Buckets[i]++
}
