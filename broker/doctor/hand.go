package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/localapi"
	"lanyard/card"
)

// hand looks at what is in a person's hand: reader, card and its certificates,
// and at the agent, which knows of a card that it uses.
func (e *examination) hand(ctx context.Context) {
	state, took, err := e.agent(ctx)
	if err != nil {
		e.say(ctx, absent(err), none(Directory, NotReached))
	} else {
		e.say(ctx, good(LocalAPI, APIAnswers, "ms", millis(took)), directory(state))
	}
	if e.drawer() {
		e.say(ctx, none(Service, NotNeeded), none(Readers, NotNeeded))
		e.virtual(ctx, state.Card)
		return
	}
	seen, err := e.c.Cards(ctx)
	if err != nil {
		e.say(ctx, service(err), none(Readers, NotReached), none(Card, NotReached), none(Certificates, NotReached))
		return
	}
	e.say(ctx, good(Service, ServiceRuns))
	if len(seen.Readers) == 0 {
		e.say(ctx, trouble(Readers, failure.ReaderNone, Fix{Kind: LookAgain}), none(Card, NotReached), none(Certificates, NotReached))
		return
	}
	names := make([]string, len(seen.Readers))
	for i, r := range seen.Readers {
		names[i] = strings.ToValidUTF8(string(r), "?")
	}
	e.say(ctx, good(Readers, ReadersFound, "readers", strings.Join(names, ", ")))
	e.inserted(ctx, seen.Cards, state.Card)
}

// virtual looks at a card that an agent has from its drawer.
func (e *examination) virtual(ctx context.Context, c *localapi.Card) {
	if c == nil {
		e.say(ctx, none(Card, CardOut), none(Certificates, CertsNoCard))
		return
	}
	e.say(ctx, good(Card, CardVirtual), e.until(c.Expires))
}

// inserted looks at the first card that answers, and is gentle: where an agent
// has read it already it is not asked again.
func (e *examination) inserted(ctx context.Context, cards []card.Event, known *localapi.Card) {
	var mute *card.Event
	for _, c := range cards {
		if c.Kind == card.Mute {
			mute = &c
			continue
		}
		e.say(ctx, good(Card, CardIn, "atr", fmt.Sprintf("% X", []byte(c.ATR)), "reader", strings.ToValidUTF8(string(c.Reader), "?")))
		if known != nil && !known.Expires.IsZero() && known.Reader == string(c.Reader) {
			e.say(ctx, e.until(known.Expires))
			return
		}
		e.say(ctx, e.read(ctx, c))
		return
	}
	if mute != nil {
		e.say(ctx, trouble(Card, failure.CardMute, Fix{Kind: LookAgain}, "reader", string(mute.Reader)), none(Certificates, NotReached))
		return
	}
	e.say(ctx, none(Card, CardOut), none(Certificates, CertsNoCard))
}

// read has the card's certificates read; no passcode is needed.
func (e *examination) read(ctx context.Context, c card.Event) Row {
	if e.c.Until == nil {
		return none(Certificates, CertsUnread)
	}
	end, err := e.c.Until(ctx, c)
	if err != nil {
		return trouble(Certificates, agent.ProblemOf(err).Code, Fix{Kind: LookAgain}, Detail, err.Error())
	}
	return e.until(end)
}

// Days before the end of a certificate from which on it is told: a new card
// takes weeks, a server's certificate a day.
const (
	cardNear   = 90
	cardSoon   = 30
	serverSoon = 14
)

// until says how long the card's certificates last.
func (e *examination) until(end time.Time) Row {
	if end.IsZero() {
		return none(Certificates, CertsUnread)
	}
	left := end.Sub(e.c.Now())
	switch {
	case left <= 0:
		return trouble(Certificates, failure.CardExpired, Fix{}, "date", end.Format(time.DateOnly))
	case days(left) <= cardSoon:
		return Row{ID: Certificates, Verdict: Look, Say: CertsSoon, N: days(left), Values: values("date", end.Format(time.DateOnly))}
	case days(left) <= cardNear:
		return Row{ID: Certificates, Verdict: Good, Say: CertsNear, N: days(left), Values: values("date", end.Format(time.DateOnly))}
	default:
		return good(Certificates, CertsUntil, "date", end.Format(time.DateOnly))
	}
}

// days are those begun: on the last one it is 1.
func days(d time.Duration) int { return int((d + 24*time.Hour - 1) / (24 * time.Hour)) }

func millis(d time.Duration) string { return fmt.Sprint(max(d.Milliseconds(), 1)) }

// service says why the reader service tells nothing.
func service(err error) Row {
	if errors.Is(err, card.ErrAccess) {
		return trouble(Service, failure.ReaderDenied, Fix{}, Detail, err.Error())
	}
	return trouble(Service, failure.ReaderService, startService(), Detail, err.Error())
}

// absent says why the agent does not answer.
func absent(err error) Row {
	var e *localapi.Error
	if errors.As(err, &e) {
		return trouble(LocalAPI, e.Code, Fix{Kind: LookAgain}, Detail, e.Detail)
	}
	code := failure.AgentAbsent
	if errors.Is(err, context.DeadlineExceeded) {
		code = failure.AgentSilent
	}
	return trouble(LocalAPI, code, Fix{Kind: LookAgain}, Detail, err.Error())
}

// directory is what the agent learned of it from the server's answers: nobody
// else reaches it.
func directory(s localapi.State) Row {
	switch s.Links.Directory {
	case "ok":
		return good(Directory, DirWorks)
	case "broken":
		code := failure.DirectoryDown
		if s.Problem != nil && s.Problem.Code == failure.StoreDown {
			code = failure.StoreDown
		}
		return trouble(Directory, code, Fix{Kind: LookAgain})
	}
	if s.Links.Network == "broken" || s.Links.Server == "broken" {
		return none(Directory, NotReached)
	}
	return none(Directory, DirUnasked)
}
