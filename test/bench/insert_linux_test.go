package bench_test

import (
	"testing"
	"time"

	"lanyard/test/realmtest"
)

// BenchmarkCardToPINRequest is from a card going in to the snapshot in which the
// passcode is asked for, next to the bare event: from the card going in to the
// watcher's report. In between the card is opened and its certificates are read;
// the time that takes at the card is measured and told, and what is left of the
// request after event and card is the agent's own.
func BenchmarkCardToPINRequest(b *testing.B) {
	r := realmtest.Start(b, realmtest.Options{})
	b.Run("drawer", func(b *testing.B) { cardToPINRequest(b, sit(b, r, drawerSlot)) })
	b.Run("reader", func(b *testing.B) { cardToPINRequest(b, sit(b, r, readerSlot)) })
}

func cardToPINRequest(b *testing.B, d *desk) {
	var events, requests, cards, elsewhere, own series
	for b.Loop() {
		d.atCard.take()
		begin := time.Now()
		d.insert(b)
		asked := d.until(b, "the question for the passcode", asks)
		event, request, atCard := time.Unix(0, d.event.Load()).Sub(begin), asked.at.Sub(begin), d.atCard.take()
		events, requests, cards = append(events, event), append(requests, request), append(cards, atCard)
		elsewhere, own = append(elsewhere, event+atCard), append(own, request-event-atCard)
		<-d.activated
		d.pull(b)
	}
	b.ReportMetric(events.micros(), "event-µs")
	b.ReportMetric(requests.micros(), "request-µs")
	b.ReportMetric(cards.micros(), "card-µs")
	b.ReportMetric(own.micros(), "own-µs")
	b.ReportMetric(requests.times(events), "x-event")
	b.ReportMetric(requests.times(elsewhere), "x-event+card")
	b.ReportMetric(0, "ns/op")
}
