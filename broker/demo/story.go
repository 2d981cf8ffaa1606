package demo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/broker/wire/gpobject"
	"lanyard/broker/wire/saml11"
)

// stepTime is how long one step of the story may take.
const stepTime = 20 * time.Second

// storyteller walks the path and tells it.
type storyteller struct {
	b      *Bench
	out    io.Writer
	desk   *watcher
	app    *http.Client
	ticket broker.Ticket // that the application got
	number int
	lost   error // why something could not be told
}

// Story tells the whole path on a bench. It returns an error if one step was
// not true.
func Story(ctx context.Context, out io.Writer, o Options) (err error) {
	begin := time.Now()
	b, err := Start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	anchors := x509.NewCertPool()
	anchors.AddCert(b.material.ca.Root())
	t := &storyteller{
		b: b, out: out, desk: watch(ctx, b.Agent),
		app: &http.Client{
			Timeout:   stepTime,
			Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: anchors, MinVersion: tls.VersionTLS12}},
		},
	}
	defer t.desk.stop()
	defer t.app.CloseIdleConnections()
	for _, step := range []struct {
		title string
		run   func(context.Context) error
	}{
		{"The desk is ready", t.ready},
		{"The card goes in", t.insert},
		{"The server asks the card a question", t.challenge},
		{"The passcode is typed, the card signs, the server lets the user on", t.signOn},
		{"A role is chosen", t.role},
		{"An application asks the agent for the ticket", t.askTicket},
		{"The application asks the server whose ticket it is", t.assertion},
		{"The card is pulled", t.pull},
		{"The application asks the server again", t.gone},
	} {
		t.number++
		t.say("\n%d. %s", t.number, step.title)
		if err := t.walk(ctx, step.run); err != nil {
			return fmt.Errorf("step %d (%s): %w", t.number, strings.ToLower(step.title), err)
		}
	}
	t.say("\nEvery step was true. It took %s.", time.Since(begin).Round(time.Millisecond))
	return t.lost
}

// walk takes one step: for as long as it may take, and not without a part of
// the bench.
func (t *storyteller) walk(ctx context.Context, step func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	ctx, ended := context.WithCancelCause(ctx)
	defer ended(nil)
	stop := context.AfterFunc(t.b.running, func() { ended(errPartEnded) })
	defer stop()
	return step(ctx)
}

// errPartEnded ends a step; what ended, and why, is told by Close.
var errPartEnded = errors.New("a part of the demo ended by itself")

func (t *storyteller) say(format string, args ...any) {
	if _, err := fmt.Fprintf(t.out, format+"\n", args...); err != nil && t.lost == nil {
		t.lost = fmt.Errorf("tell the story: %w", err)
	}
}

// tell writes one fact of a step.
func (t *storyteller) tell(name, format string, args ...any) {
	t.say("   %-12s %s", name, fmt.Sprintf(format, args...))
}

func (t *storyteller) ready(ctx context.Context) error {
	s, err := t.desk.until(ctx, "an empty desk", func(s agent.Snapshot) bool { return s.Phase == agent.NoCard })
	if err != nil {
		return err
	}
	root := t.b.material.ca.Root()
	t.tell("authority", "%s, made for this computer, ends %s, good for loopback only", root.Subject.CommonName, root.NotAfter.Format("2 January"))
	t.tell("directory", "%d people", t.b.people)
	t.tell("server", "%s", t.b.Base)
	t.tell("environment", "%s (not live)", s.Environment.Name)
	t.tell("agent", "%s", s.Phase)
	return nil
}

func (t *storyteller) insert(ctx context.Context) error {
	begin := time.Now()
	if err := t.b.Slot.Insert(ctx); err != nil {
		return err
	}
	s, err := t.desk.until(ctx, "the question for the passcode", func(s agent.Snapshot) bool { return s.PINWanted && s.Card != nil })
	if err != nil {
		return err
	}
	t.tell("card", "%s, user %s, certificates end %s", s.Card.Label, s.Card.UID, s.Card.Expires.Format("2 January 2006"))
	t.tell("tries left", "%d", s.Card.Retries)
	t.tell("passcode", "asked for %s after the card went in", time.Since(begin).Round(time.Millisecond))
	return nil
}

func (t *storyteller) challenge(ctx context.Context) error {
	o, err := t.answered(ctx, "/login/authactivate")
	if err != nil {
		return err
	}
	text, err := o.Only("challenge")
	if err != nil {
		return err
	}
	octets, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(octets) != broker.ChallengeSize {
		return fmt.Errorf("the challenge has %d octets: %w", len(octets), errNotTrue)
	}
	digests, _ := o.Get("signature_digests")
	t.tell("challenge", "%d octets, %s...", len(octets), hex.EncodeToString(octets[:12]))
	t.tell("digests", "%s", digests)
	return nil
}

func (t *storyteller) signOn(ctx context.Context) error {
	s := t.desk.now()
	begin := time.Now()
	if err := t.b.Agent.Do(ctx, agent.SubmitPIN{Gen: s.Card.Gen, PIN: t.b.PIN()}); err != nil {
		return err
	}
	s, err := t.desk.until(ctx, "the choice of a role", func(s agent.Snapshot) bool {
		return s.Phase == agent.ChoosingRole || s.Phase == agent.SignedOn
	})
	if err != nil {
		return err
	}
	took := time.Since(begin)
	o, err := t.answered(ctx, "/login/authvalidate")
	if err != nil {
		return err
	}
	ticket, err := o.Only("sso_ticket")
	if err != nil {
		return err
	}
	name, _ := o.Get("cn")
	idle, _ := o.Get("sso_session_time")
	longest, _ := o.Get("sso_max_session_time")
	t.tell("user", "%s", name)
	t.tell("ticket", "%s... (%d characters), %s after Enter", ticket[:min(8, len(ticket))], len(ticket), took.Round(time.Millisecond))
	t.tell("times", "idle %s minutes, at most %s minutes", idle, longest)
	for _, p := range o.All(gpobject.RolePrefix) {
		t.tell("role", "%s  %s (%s)", p.ID, p.Value, p.OrgCode)
	}
	if len(s.Roles) == 0 {
		return fmt.Errorf("no role came back: %w", errNotTrue)
	}
	return nil
}

func (t *storyteller) role(ctx context.Context) error {
	s := t.desk.now()
	if s.Phase == agent.ChoosingRole {
		if err := t.b.Agent.Do(ctx, agent.ChooseRole{ID: s.Roles[0].ID}); err != nil {
			return err
		}
	}
	s, err := t.desk.until(ctx, "the sign-on", func(s agent.Snapshot) bool { return s.Phase == agent.SignedOn && s.Role != nil })
	if err != nil {
		return err
	}
	t.tell("answer", "%s", strings.TrimSpace(string(t.b.tap.last("/saml/RoleSelectionGP.jsp"))))
	t.tell("signed on", "%s as %s at %s, %s to %s", s.UserName, s.Role.ID, s.Role.OrgName, s.Since.Local().Format("15:04"), s.Until.Local().Format("15:04"))
	return nil
}

func (t *storyteller) askTicket(ctx context.Context) error {
	ticket, err := t.b.ask(ctx)
	if err != nil {
		return err
	}
	t.ticket = ticket
	t.tell("ticket", "%s... through the local socket", ticket.Reveal()[:8])
	return nil
}

func (t *storyteller) assertion(ctx context.Context) error {
	r, err := t.fetch(ctx)
	if err != nil {
		return err
	}
	selected := t.desk.now().Role.ID
	switch {
	case !r.OK():
		return fmt.Errorf("the server answers %s: %w", r.Status, errNotTrue)
	case r.UID() != t.b.Holder.uid:
		return fmt.Errorf("the assertion is about %s: %w", r.UID(), errNotTrue)
	case r.Selected() != selected:
		return fmt.Errorf("the assertion names role %s, chosen was %s: %w", r.Selected(), selected, errNotTrue)
	}
	t.tell("status", "%s", r.Status)
	t.tell("user", "%s, %s", r.UID(), r.CN())
	t.tell("role", "%s, one of %d in the assertion", r.Selected(), len(r.Roles()))
	return nil
}

func (t *storyteller) pull(ctx context.Context) error {
	begin := time.Now()
	if err := t.b.Slot.Remove(ctx); err != nil {
		return err
	}
	s, err := t.desk.until(ctx, "the end of the session", func(s agent.Snapshot) bool { return s.Phase == agent.NoCard && s.Card == nil && s.Owed == 0 })
	if err != nil {
		return err
	}
	t.tell("agent", "%s, %s after the card was pulled", s.Phase, time.Since(begin).Round(time.Millisecond))
	t.tell("server", "%s", strings.TrimSpace(string(t.b.tap.last("/login/authlogout"))))
	if _, err := t.b.ask(ctx); codeOf(err) != failure.NoSession {
		return fmt.Errorf("the agent answered the application with %w, not with %s", err, failure.NoSession)
	}
	t.tell("application", "asks the agent for a ticket and is told %s", failure.NoSession)
	return nil
}

func (t *storyteller) gone(ctx context.Context) error {
	r, err := t.fetch(ctx)
	if err != nil {
		return err
	}
	if r.OK() || r.UID() != "" {
		return fmt.Errorf("the ticket still works: %w", errNotTrue)
	}
	t.tell("status", "%s: %s", r.Status, r.Message)
	return nil
}

// errNotTrue is a step that came out otherwise than told.
var errNotTrue = errors.New("the story is not true")

// answered reads what the server last answered on a path.
func (t *storyteller) answered(ctx context.Context, path string) (*gpobject.Object, error) {
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		if body := t.b.tap.last(path); body != nil {
			tick.Stop()
			return gpobject.DecodeAnswer(body)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return nil, fmt.Errorf("the server was not asked on %s: %w", path, context.Cause(ctx))
		}
	}
}

// fetch asks the server for the role assertion with the application's ticket.
func (t *storyteller) fetch(ctx context.Context) (*saml11.Response, error) {
	address := t.b.Base + "/saml/RoleAssertion?token=" + url.QueryEscape(t.ticket.Reveal())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("the address of the assertion cannot be built")
	}
	resp, err := t.app.Do(req)
	if err != nil {
		// The error of the library holds the address and so the ticket.
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("ask for the assertion: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, tapLimit))
	if err != nil {
		return nil, fmt.Errorf("read the assertion: %w", err)
	}
	return saml11.Parse(bytes.TrimSpace(body))
}
