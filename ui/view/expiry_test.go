package view_test

import (
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

func TestExpiry(t *testing.T) {
	for _, c := range []struct {
		days  int
		title string // empty: nothing is said
		tone  view.Tone
	}{
		{400, "", 0},
		{91, "", 0},
		{90, "Your card runs out on 22 February 2027", view.Neutral},
		{31, "Your card runs out on 25 December 2026", view.Neutral},
		{30, "Your card runs out on 24 December 2026", view.Careful},
		{8, "Your card runs out on 2 December 2026", view.Careful},
		{7, "Your card runs out in 7 days", view.Careful},
		{2, "Your card runs out in 2 days", view.Careful},
		{1, "Your card runs out tomorrow", view.Bad},
		{0, "Your card runs out today", view.Bad},
		{-1, "This card ran out on 23 November 2026", view.Bad},
	} {
		for _, hour := range []int{0, 8, 23} { // midnights count, not hours
			now := time.Date(2026, 11, 24, hour, 30, 0, 0, time.Local)
			s := agent.Snapshot{Card: &agent.CardView{Expires: time.Date(2026, 11, 24+c.days, 23, 59, 0, 0, time.Local)}}
			n := view.Expiry(words.Book{}, s, now)
			switch {
			case n == nil && c.title == "":
			case n == nil || n.Title != c.title || n.Tone != c.tone || n.Sentence == "":
				t.Errorf("%d days, %d o'clock: %+v, want %q", c.days, hour, n, c.title)
			}
		}
	}
	if n := view.Expiry(words.Book{}, agent.Snapshot{}, atEight()); n != nil {
		t.Errorf("without a card: %+v", n)
	}
	if n := view.Expiry(words.Book{}, agent.Snapshot{Card: cardIn()}, atEight()); n != nil {
		t.Errorf("of a card that tells nothing: %+v", n)
	}
}

func TestExpiryOfTheSigningKey(t *testing.T) {
	day := func(n int) time.Time { return atEight().AddDate(0, 0, n) }
	in := func(signsOn, signs int) agent.Snapshot {
		return agent.Snapshot{Card: &agent.CardView{Certs: []agent.CertView{
			{Purpose: card.ContentCommitment, Until: day(signs)}, {Purpose: card.Authentication, Until: day(signsOn)},
		}}}
	}
	for _, c := range []struct {
		signsOn, signs int
		title          string
	}{
		{50, 50, "Your card runs out on 13 January 2027"},
		{50, 20, "This card signs prescriptions until 14 December 2026"},
		{20, 50, "Your card runs out on 14 December 2026"},
		{400, -3, ""}, // it is over, and signing on is not
		{-3, 50, "This card ran out on 21 November 2026"},
	} {
		n := view.Expiry(words.Book{}, in(c.signsOn, c.signs), atEight())
		if (n == nil) != (c.title == "") || n != nil && n.Title != c.title {
			t.Errorf("%d and %d: %+v, want %q", c.signsOn, c.signs, n, c.title)
		}
	}
}
