package bench_test

import (
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/test/realmtest"
)

// BenchmarkPINToTicket is from the passcode handed in to the ticket in hand: the
// card signs, the server validates, the one role is selected. The time at the
// reader (connecting, every command, an RSA signature among them) and the time
// on the wire are measured in the same run and taken off; what is left is the
// agent's own, told as such and as how many times the rest all of it is.
func BenchmarkPINToTicket(b *testing.B) {
	d := sit(b, realmtest.Start(b, realmtest.Options{}), readerSlot)
	var totals, cards, wires, elsewhere, own series
	for b.Loop() {
		d.insert(b)
		asked := d.until(b, "the question for the passcode", asks)
		<-d.activated
		pin := card.NewPIN([]byte(realmtest.PIN()))
		d.atCard.take()
		d.onWire.take()
		begin := time.Now()
		check(b, d.Do(b.Context(), agent.SubmitPIN{Gen: asked.Card.Gen, PIN: pin}))
		d.until(b, "the session", signedOn)
		ticket, err := d.Ticket(b.Context())
		total := time.Since(begin)
		if check(b, err); ticket.IsZero() {
			b.Fatal("there is no ticket")
		}
		atCard, onWire := d.atCard.take(), d.onWire.take()
		totals, cards, wires = append(totals, total), append(cards, atCard), append(wires, onWire)
		elsewhere, own = append(elsewhere, atCard+onWire), append(own, total-atCard-onWire)
		d.pull(b)
	}
	b.ReportMetric(totals.micros(), "total-µs")
	b.ReportMetric(cards.micros(), "card-µs")
	b.ReportMetric(wires.micros(), "server-µs")
	b.ReportMetric(own.micros(), "own-µs")
	b.ReportMetric(totals.times(elsewhere), "x-card+server")
	b.ReportMetric(0, "ns/op")
}
