package view

import (
	"slices"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/words"
)

// lostAfter is how long the server must be away before anybody is told: a
// network that stumbles is no news.
const lostAfter = 10 * time.Second

// Notice is a message for a person who looks at none of our windows. Others
// may read it: it names no patient, no role and no person.
type Notice struct{ Title, Sentence string }

// Sight is what is to be seen of the desk at the moment.
type Sight struct {
	Desk   bool                 // its own window
	Warned map[card.TokenID]int // the nearest day of its end that a card's holder was told of; nil: not known yet
}

// Warning is that a card's holder has now been told of its end.
type Warning struct {
	Token card.TokenID
	Days  int // the threshold, in days ahead
}

// Outlook is what a look brought: at most one message of each kind.
type Outlook struct {
	Notices []Notice
	Warned  *Warning // to be remembered, whether a notice or a window told it
}

// Lookout tells each thing once: it is what has to be known of the past for
// that. The zero value has seen nothing.
type Lookout struct {
	// Due is when to look again though no snapshot came; zero: not needed.
	Due time.Time

	user   broker.UID
	since  time.Time // of the session
	away   time.Time // since when the server has been away
	told   bool      // that it is
	asked  time.Time // when the server told the places known
	places []broker.Place
}

// Look takes the present snapshot. A window that shows a thing tells it, and
// no notice does.
func (l Lookout) Look(b words.Book, s agent.Snapshot, v Sight, now time.Time) (Lookout, Outlook) {
	var out Outlook
	if over(l, s) && !v.Desk {
		out.say(b.Text(words.NoticeOver, "time", words.Clock(now)), b.Text(words.NoticeSignOn))
	}
	if s.UID != l.user || !s.Since.Equal(l.since) && !s.Since.IsZero() {
		l = Lookout{user: s.UID, since: s.Since}
	}
	l.server(b, s, v, now, &out)
	l.elsewhere(b, s, v, now, &out)
	out.expiry(b, s, v, now)
	return l, out
}

// expiry tells that the card ends, once for each threshold.
func (o *Outlook) expiry(b words.Book, s agent.Snapshot, v Sight, now time.Time) {
	days := threshold(s, now)
	if s.Phase != agent.SignedOn || v.Warned == nil || days == 0 {
		return
	}
	if told := v.Warned[s.Card.Token]; told != 0 && told <= days {
		return
	}
	o.Warned = &Warning{Token: s.Card.Token, Days: days}
	if n := Expiry(b, s, now); n != nil && (!v.Desk || !endsSoon(s, now)) {
		o.say(n.Title, n.Sentence)
	}
}

// threshold is the nearest of 1, 7, 30 and 90 days that the card that is in
// ends within; 0: none.
func threshold(s agent.Snapshot, now time.Time) int {
	if s.Card == nil {
		return 0
	}
	ends, _ := cardEnds(*s.Card, now)
	if !ends.After(now) {
		return 0
	}
	for _, t := range []int{expiryUrges, expiryWeek, expirySoon, expiryTold} {
		if daysUntil(now, ends) <= t {
			return t
		}
	}
	return 0
}

// endsSoon tells whether the desk's window says that the card ends.
func endsSoon(s agent.Snapshot, now time.Time) bool {
	t := threshold(s, now)
	return t > 0 && t <= expirySoon
}

func (o *Outlook) say(title, sentence string) {
	o.Notices = append(o.Notices, Notice{title, sentence})
}

// over tells whether a session has ended that nobody here ended. Where the
// card is in, a window asks what to do and tells it.
func over(l Lookout, s agent.Snapshot) bool {
	window, _ := WindowOf(s)
	return l.user != "" && s.UID == "" && window == Rest && s.Problem != nil && s.Problem.Code == failure.SessionEnded
}

// server tells that the server is lost, once it has been away for a while, and
// that it is back where that was told.
func (l *Lookout) server(b words.Book, s agent.Snapshot, v Sight, now time.Time, out *Outlook) {
	switch s.Phase {
	case agent.Offline:
		if l.away.IsZero() {
			l.away = now
			l.Due = now.Add(lostAfter)
		}
		if l.told || now.Before(l.Due) {
			return
		}
		l.told, l.Due = true, time.Time{}
		if !v.Desk {
			out.say(silent(b, s), b.Text(words.StillOn))
		}
	case agent.SignedOn:
		if l.told && !v.Desk {
			out.say(b.Text(words.NoticeBack), b.Text(words.NoticeStillOn))
		}
		l.away, l.told, l.Due = time.Time{}, false, time.Time{}
	default: // what the server does is not known while something else goes on
	}
}

// elsewhere tells of a place that was not there when the server was asked
// before.
func (l *Lookout) elsewhere(b words.Book, s agent.Snapshot, v Sight, now time.Time, out *Outlook) {
	p := s.Places
	if s.UID == "" || p.At.IsZero() || p.Problem != nil || p.At.Equal(l.asked) {
		return
	}
	before, first := l.places, l.asked.IsZero()
	l.places, l.asked = p.Others, p.At
	if first || v.Desk {
		return
	}
	for _, o := range p.Others { // the newest first: one message is enough
		if !slices.ContainsFunc(before, func(k broker.Place) bool { return k.ID == o.ID }) {
			out.say(b.Text(words.NoticePlace), b.Text(words.NoticePlaceThen, "place", placeName(b, o), "time", since(b, o.Created, now)))
			return
		}
	}
}
