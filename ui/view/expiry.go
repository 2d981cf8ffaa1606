package view

import (
	"time"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/words"
)

// How many days ahead the end of a card is told, and from when on it presses.
const (
	expiryTold  = 90
	expirySoon  = 30
	expiryWeek  = 7
	expiryUrges = 1
)

// Expiry says that the card that is in ends soon, or did, and what to do; nil
// where it lasts longer than 90 days or nothing is known.
func Expiry(b words.Book, s agent.Snapshot, now time.Time) *Note {
	if s.Card == nil {
		return nil
	}
	ends, signing := cardEnds(*s.Card, now)
	if ends.IsZero() {
		return nil
	}
	date := b.Date(ends)
	days := daysUntil(now, ends)
	n := &Note{Title: b.Text(words.ExpiryOn, "date", date)}
	switch {
	case !ends.After(now):
		return &Note{Tone: Bad, Title: b.Text(words.RanOut, "date", date), Sentence: b.Text(words.NewCard)}
	case days > expiryTold:
		return nil
	case days > expirySoon:
		n.Sentence = b.Text(words.ExpiryRenew)
	case days > expiryWeek:
		n.Tone, n.Sentence = Careful, b.Text(words.ExpirySoon, "date", date)
	case days > expiryUrges:
		n.Tone, n.Title, n.Sentence = Careful, b.Count(words.ExpiryIn, days), b.Text(words.ExpirySoon, "date", date)
	default:
		n.Tone, n.Title, n.Sentence = Bad, b.Count(words.ExpiryIn, days), b.Text(words.ExpiryNow, "date", date)
		if days == 0 {
			n.Title = b.Text(words.ExpiryToday)
		}
	}
	if signing { // signing on goes on
		n.Title, n.Sentence = b.Text(words.ExpirySigning, "date", date), b.Text(words.ExpiryRenew)
		n.Tone = min(n.Tone, Careful)
	}
	return n
}

// cardEnds tells when the card stops signing on, or when it stops signing where
// that comes first.
func cardEnds(c agent.CardView, now time.Time) (ends time.Time, signing bool) {
	ends = c.Expires
	commits := time.Time{}
	for _, v := range c.Certs {
		switch {
		case v.Purpose == card.Authentication && ends.IsZero():
			ends = v.Until
		case v.Purpose == card.ContentCommitment && v.Until.After(now) && (commits.IsZero() || v.Until.Before(commits)):
			commits = v.Until
		}
	}
	if ends.After(now) && !commits.IsZero() && daysUntil(commits, ends) > 0 {
		return commits, true
	}
	return ends, false
}

// daysUntil counts midnights, in local time.
func daysUntil(now, then time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Local().Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // whole days, whatever the clocks do
	}
	return int(day(then).Sub(day(now)) / (24 * time.Hour))
}
