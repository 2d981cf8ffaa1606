package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"lanyard/broker/client"
	"lanyard/broker/failure"
)

// Limits of this machine's clock against the server's.
const (
	clockLimit = 5 * time.Minute // from here on the server takes no sign-on
	clockLook  = time.Minute
)

// way looks at the way to the server: the network, the proxy, the server's
// certificate, the server, and the clocks at both ends.
func (e *examination) way(ctx context.Context) {
	profile, err := e.c.Profile(e.set)
	if err == nil {
		err = profile.Check()
	}
	if err != nil {
		e.beyond(ctx, Network, Proxy, Certificate, Server, Clock)
		return
	}
	wire, err := client.New(client.Config{Profile: profile, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		e.beyond(ctx, Network, Proxy, Certificate, Server, Clock)
		return
	}
	defer wire.Close()
	found, err := wire.Probe(ctx)
	var wrong *client.Error
	if err != nil && !errors.As(err, &wrong) {
		return // called off
	}
	e.say(ctx, e.proxy(ctx, found, profile, wrong))
	if !found.Connected {
		e.unconnected(ctx, found, wrong)
		return
	}
	e.say(ctx, network(found))
	if wrong != nil && (!found.Tunnel || wrong.Code == failure.NetProxy) {
		e.beyond(ctx, Certificate, Server, Clock)
		return
	}
	e.say(ctx, e.certificate(found, wrong), server(found, wrong), e.clock(found))
}

// unconnected says how far a way led that did not lead to the server. Where
// the server's computer refused, the network is in order.
func (e *examination) unconnected(ctx context.Context, p client.Probe, wrong *client.Error) {
	e.beyond(ctx, Certificate, Clock)
	switch {
	case p.Proxy != "":
		e.beyond(ctx, Network, Server)
	case wrong.Code == failure.ServerDown:
		e.say(ctx, good(Network, NetReaches), unreached(Server, wrong))
	default:
		e.say(ctx, unreached(Network, wrong))
		e.beyond(ctx, Server)
	}
}

// beyond says of rows that they lie behind a fault.
func (e *examination) beyond(ctx context.Context, ids ...ID) {
	for _, id := range ids {
		say := NotReached
		if id == Clock {
			say = ClockUnknown
		}
		e.say(ctx, none(id, say))
	}
}

func unreached(id ID, wrong *client.Error) Row {
	return trouble(id, wrong.Code, Fix{Kind: LookAgain}, "host", wrong.Host, Detail, wrong.Error())
}

func network(p client.Probe) Row {
	if p.Proxy != "" {
		return good(Network, NetByProxy, "ms", millis(p.Connect))
	}
	return good(Network, NetAnswers, "ms", millis(p.Connect))
}

// proxy says which proxy is used. A script that names one is not read, which
// matters only where the way without it leads nowhere.
func (e *examination) proxy(ctx context.Context, p client.Probe, profile client.Profile, wrong *client.Error) Row {
	switch {
	case p.ProxySaid == http.StatusProxyAuthRequired:
		return Row{ID: Proxy, Verdict: Trouble, Say: ProxyPassword, Code: failure.NetProxy, Fix: Fix{Kind: OpenSettings}, Values: values("proxy", p.Proxy, Detail, wrong.Error())}
	case wrong != nil && wrong.Code == failure.NetProxy:
		return trouble(Proxy, failure.NetProxy, Fix{Kind: OpenSettings}, "proxy", p.Proxy, Detail, wrong.Error())
	case p.Proxy != "":
		return good(Proxy, ProxyInUse, "proxy", p.Proxy)
	}
	script := ""
	if profile.Proxy == "" {
		script = proxyScript(ctx)
	}
	switch {
	case script == "":
		return good(Proxy, ProxyNone)
	case wrong == nil:
		return none(Proxy, ProxyNone, Detail, script)
	default:
		return Row{ID: Proxy, Verdict: Look, Say: ProxyScript, Fix: Fix{Kind: OpenSettings}, Values: values("script", script)}
	}
}

func (e *examination) certificate(p client.Probe, wrong *client.Error) Row {
	if wrong != nil {
		switch wrong.Code {
		case failure.TLSUntrusted, failure.TLSName, failure.TLSDates, failure.TLSBroken:
			pairs := []string{Detail, wrong.Error()}
			if len(p.Chain) > 0 {
				pairs = append(pairs, "subject", p.Chain[0].Subject.String(), "issuer", p.Chain[0].Issuer.String(), "date", p.Chain[0].NotAfter.Format(time.DateOnly))
			}
			return trouble(Certificate, wrong.Code, Fix{Kind: LookAgain}, pairs...)
		}
	}
	if len(p.Chain) == 0 {
		return none(Certificate, NotReached)
	}
	end := earliest(p.Chain)
	pairs := []string{"date", end.Format(time.DateOnly), "subject", p.Chain[0].Subject.String(), "issuer", p.Chain[0].Issuer.String()}
	if left := days(end.Sub(e.c.Now())); left <= serverSoon {
		return Row{ID: Certificate, Verdict: Look, Say: CertSoon, N: max(left, 0), Values: values(pairs...)}
	}
	return good(Certificate, CertGood, pairs...)
}

// earliest is when the first of a chain ends.
func earliest(chain []*x509.Certificate) time.Time {
	end := chain[0].NotAfter
	for _, c := range chain[1:] {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return end
}

func server(p client.Probe, wrong *client.Error) Row {
	switch {
	case wrong == nil:
		return good(Server, ServerAnswers, "ms", millis(p.Answer))
	case len(p.Chain) > 0 && !p.Answered && wrong.Code != failure.NetTimeout && wrong.Code != failure.NetReset, wrong.Code == failure.TLSBroken:
		return none(Server, NotReached) // its certificate was refused
	default:
		return unreached(Server, wrong)
	}
}

// clock compares this machine's clock with the server's. The server tells
// whole seconds, so half of one is the best guess.
func (e *examination) clock(p client.Probe) Row {
	if p.Date.IsZero() || !p.Answered {
		return none(Clock, ClockUnknown)
	}
	here := p.Sent.Add(p.Got.Sub(p.Sent) / 2)
	off := here.Sub(p.Date.Add(time.Second / 2)).Round(time.Second)
	pairs := values("seconds", off.String())
	row := Row{ID: Clock, Verdict: Look, Say: ClockFast, N: max(int(off.Abs().Round(time.Minute)/time.Minute), 1), Values: pairs, Fix: setClock()}
	if off < 0 {
		row.Say = ClockSlow
	}
	switch {
	case off.Abs() < clockLook:
		return Row{ID: Clock, Verdict: Good, Say: ClockRight, Values: pairs}
	case off.Abs() >= clockLimit:
		row.Verdict = Trouble
	}
	return row
}
