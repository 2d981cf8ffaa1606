package client_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
	"lanyard/card"
	"lanyard/card/cardtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const uid = broker.UID("900000000017")

// bench is a client with its server and log.
type bench struct {
	t      *testing.T
	server *clienttest.Server
	client *client.Client
	log    *logbook
}

// logbook is a log that several goroutines write.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newBench(t *testing.T, o clienttest.Options) *bench {
	t.Helper()
	b := &bench{t: t, server: clienttest.New(t, o), log: &logbook{}}
	b.client = b.connect(b.server.Profile())
	return b
}

// connect makes a client with short limits; what it logs is searched for
// tickets at the end.
func (b *bench) connect(p client.Profile) *client.Client {
	b.t.Helper()
	c, err := client.New(client.Config{
		Profile: p,
		Times:   client.Times{Dial: time.Second, Handshake: 2 * time.Second, Whole: 2 * time.Second},
		Log:     slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Device:  "WARD-3",
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		c.Close()
		b.secretless("log", b.log.String())
	})
	return c
}

// secretless checks that a text holds no ticket, in whatever way it is written.
func (b *bench) secretless(what, text string) {
	b.t.Helper()
	for _, s := range []string{"SecretOf", clienttest.Ticket, url.QueryEscape(clienttest.Ticket), url.PathEscape(clienttest.Ticket)} {
		if strings.Contains(text, s) {
			b.t.Errorf("%s holds a ticket: %s", what, text)
		}
	}
}

// answerOf signs a challenge as a card would.
func (b *bench) answerOf(a *client.Activation) []byte {
	b.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.t.Fatal(err)
	}
	cert := cardtest.NewIssuer(b.t).Issue(card.Authentication, string(uid), key.Public())
	der, err := answer.Build(b.t.Context(), a.Challenge, cert, a.Digests[0], func(_ context.Context, digest []byte) ([]byte, error) {
		return key.Sign(rand.Reader, digest, a.Digests[0])
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return der
}

// activate gets a challenge and its answer.
func (b *bench) activate() (*client.Activation, []byte) {
	b.t.Helper()
	a, err := b.client.Activate(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return a, b.answerOf(a)
}

// signOn makes a session.
func (b *bench) signOn() *client.SignOn {
	b.t.Helper()
	a, der := b.activate()
	s, err := b.client.Validate(b.t.Context(), a, uid, der)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// codeOf tells the code of an error of this package.
func codeOf(err error) failure.Code {
	var refusal *broker.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	var e *client.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return failure.Code(fmt.Sprintf("%T", err))
}

// requests are all requests of the wire, each on a session that lives.
func (b *bench) requests() []request {
	b.t.Helper()
	a, der := b.activate()
	on := b.signOn()
	passive := *on
	passive.KeepAlive = false
	return []request{
		{"activate", clienttest.Activate, func(ctx context.Context) error { return second(b.client.Activate(ctx)) }},
		{"validate", clienttest.Validate, func(ctx context.Context) error { return second(b.client.Validate(ctx, a, uid, der)) }},
		{"select", clienttest.Select, func(ctx context.Context) error {
			return b.client.SelectRole(ctx, on.Ticket, on.Roles[0].ID, broker.LiveMode)
		}},
		{"assertion", clienttest.Assertion, func(ctx context.Context) error { return second(b.client.Assertion(ctx, on.Ticket)) }},
		{"keep alive", clienttest.Update, func(ctx context.Context) error { return b.client.KeepAlive(ctx, on) }},
		{"peek", clienttest.Peek, func(ctx context.Context) error { return b.client.KeepAlive(ctx, &passive) }},
		{"sessions", clienttest.Sessions, func(ctx context.Context) error { return second(b.client.Sessions(ctx, on.Ticket)) }},
		{"end session", clienttest.Sessions, func(ctx context.Context) error { return b.client.EndSession(ctx, on.Ticket, "0a1b") }},
		{"logout", clienttest.Logout, func(ctx context.Context) error { return b.client.Logout(ctx, on) }},
	}
}

// request is one request of the wire.
type request struct {
	name, path string
	do         func(context.Context) error
}

func second[T any](_ T, err error) error { return err }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// serve runs a plain HTTP server until the test ends.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}
