package agent

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/broker/wire/answer"
	"lanyard/card"
	"lanyard/card/cardtest"
)

const (
	testPIN    = "739154"
	testUID    = "900000000017"
	testTicket = "AQIC5wM2LY4SfcwTestTicketSecret=@AAJTSQACMDE=#"
)

// drawer is a watcher and opener of cards made for a test.
type drawer struct {
	events chan card.Event

	mu    sync.Mutex
	gens  card.Generations
	cards map[card.Generation]*fakeCard
	where map[*fakeCard]card.Event
	opens int
	fault error // of Open
}

func newDrawer() *drawer {
	d := &drawer{events: make(chan card.Event, 64), cards: map[card.Generation]*fakeCard{}, where: map[*fakeCard]card.Event{}}
	d.events <- card.Event{Kind: card.ServiceUp}
	d.events <- card.Event{Kind: card.ReaderAdded, Reader: "Reader A"}
	return d
}

// Watch hands the events on.
func (d *drawer) Watch(ctx context.Context, emit func(card.Event)) error {
	for {
		select {
		case e := <-d.events:
			emit(e)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Open opens a card that is in.
func (d *drawer) Open(_ context.Context, e card.Event) (card.Token, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opens++
	if d.fault != nil {
		return nil, d.fault
	}
	c := d.cards[e.Gen]
	if c == nil {
		return nil, card.ErrRemoved
	}
	return c, nil
}

func (d *drawer) insert(c *fakeCard) card.Generation {
	d.mu.Lock()
	e := card.Event{Kind: card.Inserted, Reader: "Reader A", Gen: d.gens.Next(), ATR: card.ATR{0x3b}}
	d.cards[e.Gen], d.where[c] = c, e
	d.mu.Unlock()
	d.events <- e
	return e.Gen
}

func (d *drawer) pull(c *fakeCard) {
	d.mu.Lock()
	e := d.where[c]
	delete(d.cards, e.Gen)
	delete(d.where, c)
	d.mu.Unlock()
	d.events <- card.Event{Kind: card.Removed, Reader: e.Reader, Gen: e.Gen}
}

// fakeCard is a token for the faults that a real one does not show on command.
type fakeCard struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate

	mu       sync.Mutex
	tries    int
	verified []string // what was sent as PIN: right, wrong
	closed   int
	refuse   []crypto.Hash
	fault    error         // of Sign, after the PIN
	slow     time.Duration // before the signature
	pins     []*card.PIN   // given to the card
	pin      string
	pukTries int
	keys     *keys // of its reader; nil: it has none
}

// keys are a reader's own.
type keys struct {
	typed chan string // what a person types; empty is the cancel key
	wait  time.Duration
}

const testPUK = "12345678"

func newCard(tb testing.TB, i *cardtest.Issuer, uid string) *fakeCard {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return &fakeCard{key: key, cert: i.Issue(card.Authentication, uid, key.Public()), tries: 3, pin: testPIN, pukTries: 3}
}

func (c *fakeCard) ID() card.TokenID { return card.TokenID(c.cert.SerialNumber.String()) }
func (c *fakeCard) Label() string    { return "test card" }

func (c *fakeCard) Keys(context.Context) ([]card.Key, error) {
	return []card.Key{{Ref: "9A", Purpose: card.Authentication, Cert: c.cert}}, nil
}

func (c *fakeCard) Retries(context.Context) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries, nil
}

func (c *fakeCard) Sign(ctx context.Context, _ card.Key, digest []byte, o crypto.SignerOpts, src card.PINSource) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.refuse {
		if h == o.HashFunc() {
			return nil, card.ErrMechanism
		}
	}
	pin, err := src.PIN(ctx, card.PINPrompt{})
	if errors.Is(err, card.ErrOnKeypad) && c.keys != nil {
		pin, err = c.keys.wanted(ctx)
	}
	if err != nil {
		return nil, err
	}
	c.pins = append(c.pins, pin)
	right := string(pin.Octets()) == c.pin
	pin.Wipe()
	if !right {
		c.tries--
		c.verified = append(c.verified, "wrong")
		return nil, &card.PINError{Retries: c.tries}
	}
	c.tries = 3
	c.verified = append(c.verified, "right")
	if c.slow > 0 {
		t := time.NewTimer(c.slow)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if c.fault != nil {
		return nil, c.fault
	}
	return ecdsa.SignASN1(rand.Reader, c.key, digest)
}

// wanted waits for a person at the keys.
func (k *keys) wanted(ctx context.Context) (*card.PIN, error) {
	limit := time.NewTimer(k.wait)
	defer limit.Stop()
	select {
	case text := <-k.typed:
		if text == "" {
			return nil, card.ErrCancelled
		}
		return card.NewPIN([]byte(text)), nil
	case <-limit.C:
		return nil, card.ErrTimeout
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Keypad implements [card.Keypad].
func (c *fakeCard) Keypad() (time.Duration, bool) {
	if c.keys == nil {
		return 0, false
	}
	return c.keys.wait, true
}

// ChangePIN implements [card.PINChanger].
func (c *fakeCard) ChangePIN(ctx context.Context, old, fresh *card.PIN) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pins = append(c.pins, old, fresh)
	if c.tries == 0 {
		return card.ErrPINBlocked
	}
	if string(old.Octets()) != c.pin {
		c.tries--
		c.verified = append(c.verified, "wrong")
		return &card.PINError{Retries: c.tries}
	}
	return c.setPIN(ctx, fresh)
}

// Unblock implements [card.Unblocker].
func (c *fakeCard) Unblock(ctx context.Context, puk, fresh *card.PIN) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pins = append(c.pins, puk, fresh)
	if string(puk.Octets()) != testPUK {
		c.pukTries--
		return &card.PUKError{Retries: c.pukTries}
	}
	return c.setPIN(ctx, fresh)
}

// setPIN takes its time and may fail as Sign does; mu is held.
func (c *fakeCard) setPIN(ctx context.Context, fresh *card.PIN) error {
	c.verified = append(c.verified, "right")
	if c.slow > 0 {
		t := time.NewTimer(c.slow)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", card.ErrPINUnknown, context.Cause(ctx))
		}
	}
	if c.fault != nil {
		return c.fault
	}
	c.pin, c.tries = string(fresh.Octets()), 3
	return nil
}

func (c *fakeCard) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed++
	return nil
}

// call is one request that the fake server saw.
type call struct {
	op string
	at time.Time
}

// fakeServer is a server whose faults can be set. It verifies what it is given.
type fakeServer struct {
	mu       sync.Mutex
	calls    []call
	fault    map[string]error         // by request
	delay    map[string]time.Duration // by request
	roles    int
	sessions map[string]bool // tickets that live
	made     int
	selected broker.RoleProfileID
	digests  []crypto.Hash
	idle     time.Duration
	max      time.Duration
	others   []broker.Place
}

func newServer() *fakeServer {
	return &fakeServer{
		fault: map[string]error{}, delay: map[string]time.Duration{}, sessions: map[string]bool{}, roles: 1,
		digests: []crypto.Hash{crypto.SHA256}, idle: 10 * time.Minute, max: 10 * time.Hour,
	}
}

// enter notes a call, waits and fails as it was told to.
func (f *fakeServer) enter(ctx context.Context, op string) error {
	f.mu.Lock()
	f.calls = append(f.calls, call{op, time.Now()})
	err, delay := f.fault[op], f.delay[op]
	if all := f.fault["all"]; all != nil {
		err = all
	}
	f.mu.Unlock()
	if delay > 0 {
		t := time.NewTimer(delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return err
}

func (f *fakeServer) set(op string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault[op] = err
}

// times tells when a request was made.
func (f *fakeServer) times(op string) []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ts []time.Time
	for _, c := range f.calls {
		if c.op == op {
			ts = append(ts, c.at)
		}
	}
	return ts
}

// alive counts the sessions that live.
func (f *fakeServer) alive() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sessions)
}

func (f *fakeServer) Activate(ctx context.Context) (*client.Activation, error) {
	if err := f.enter(ctx, "activate"); err != nil {
		return nil, err
	}
	challenge := make([]byte, broker.ChallengeSize)
	_, _ = rand.Read(challenge)
	return &client.Activation{Challenge: challenge, Digests: f.digests}, nil
}

func (f *fakeServer) Validate(ctx context.Context, a *client.Activation, uid broker.UID, der []byte) (*client.SignOn, error) {
	if err := f.enter(ctx, "validate"); err != nil {
		return nil, err
	}
	ans, err := answer.Parse(der)
	if err != nil || ans.Verify() != nil || string(ans.Content) != string(a.Challenge) {
		return nil, &broker.Refusal{Code: failure.SigWrong}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made++
	ticket := fmt.Sprintf("%s%d", testTicket, f.made)
	f.sessions[ticket] = true
	on := &client.SignOn{
		Ticket: broker.NewTicket(ticket), UID: uid, CN: "Other An", Idle: f.idle, Max: f.max, KeepAlive: true,
	}
	for i := range f.roles {
		on.Roles = append(on.Roles, client.Role{ID: broker.RoleProfileID(fmt.Sprintf("R%d", i+1)), OrgName: "A TRUST"})
	}
	return on, nil
}

func (f *fakeServer) SelectRole(ctx context.Context, _ broker.Ticket, id broker.RoleProfileID, _ broker.SSBMode) error {
	if err := f.enter(ctx, "select"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.selected = id
	return nil
}

func (f *fakeServer) Assertion(ctx context.Context, _ broker.Ticket) ([]byte, error) {
	if err := f.enter(ctx, "assertion"); err != nil {
		return nil, err
	}
	return []byte("<samlp:Response/>"), nil
}

func (f *fakeServer) KeepAlive(ctx context.Context, _ *client.SignOn) error {
	return f.enter(ctx, "alive")
}

func (f *fakeServer) Logout(ctx context.Context, s *client.SignOn) error {
	if err := f.enter(ctx, "logout"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, s.Ticket.Reveal())
	return nil
}

func (f *fakeServer) Sessions(ctx context.Context, _ broker.Ticket) ([]broker.Place, error) {
	if err := f.enter(ctx, "sessions"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]broker.Place{{ID: "s1", This: true}}, f.others...), nil
}

func (f *fakeServer) EndSession(ctx context.Context, _ broker.Ticket, id string) error {
	if err := f.enter(ctx, "end"); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.others = without(f.others, isPlace(id))
	return nil
}

// elsewhere signs the user on in other places.
func (f *fakeServer) elsewhere(ps ...broker.Place) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.others = ps
}

// slow makes a request take its time.
func (f *fakeServer) slow(op string, d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.delay[op] = d
}

// validated counts the sessions that were made.
func (f *fakeServer) validated() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.made
}

// count counts all requests.
func (f *fakeServer) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

// sent counts the PINs that went to the card.
func (c *fakeCard) sent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.verified)
}

func (c *fakeCard) set(f func(*fakeCard)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(c)
}

func (d *drawer) opened() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.opens
}

// set makes Open fail.
func (d *drawer) set(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = err
}

// role is the one that was selected last.
func (f *fakeServer) role() broker.RoleProfileID {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.selected
}
