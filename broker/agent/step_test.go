package agent

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

// play is a Step machine with helpers that answer what is outstanding.
type play struct {
	t       *testing.T
	state   State
	now     time.Time
	last    []string // the names of the effects of the last input
	effects []Effect // all, in order
}

func newPlay(t *testing.T, m Mode) *play {
	p := &play{t: t, state: NewState(Rules{Mode: m}, 1), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	p.in(CardEvent{card.Event{Kind: card.ServiceUp}})
	p.in(CardEvent{card.Event{Kind: card.ReaderAdded, Reader: "A"}})
	return p
}

func (p *play) in(in Input) {
	var effects []Effect
	p.state, effects = Step(p.state, in, p.now)
	p.effects = append(p.effects, effects...)
	p.last = p.last[:0:0]
	for _, e := range effects {
		p.last = append(p.last, strings.TrimPrefix(fmt.Sprintf("%T", e), "agent."))
	}
}

func (p *play) ask(r Request) { p.in(Asked{r}) }

// latest finds the last effect of a kind.
func latestOf[E Effect](p *play) E {
	for _, e := range slices.Backward(p.effects) {
		if found, ok := e.(E); ok {
			return found
		}
	}
	p.t.Fatalf("no %v was asked for", reflect.TypeFor[E]())
	panic("unreachable")
}

func (p *play) insert(g card.Generation) {
	p.in(CardEvent{card.Event{Kind: card.Inserted, Reader: "A", Gen: g, ATR: card.ATR{0x3b}}})
}

func (p *play) pull(g card.Generation) {
	p.in(CardEvent{card.Event{Kind: card.Removed, Reader: "A", Gen: g}})
}

func (p *play) read(name string, err error) {
	p.in(CardRead{Seat: latestOf[Read](p).Seat, Facts: facts(name, 3), Err: err})
}

func (p *play) activated(err error) {
	in := Activated{Seat: latestOf[Activate](p).Seat, Err: err}
	if err == nil {
		in.Activation = &client.Activation{Challenge: make([]byte, broker.ChallengeSize)}
	}
	p.in(in)
}

func (p *play) pin() {
	p.ask(SubmitPIN{Gen: p.state.use.gen(), PIN: card.NewPIN([]byte("123456"))})
}

func (p *play) signed(err error) {
	p.in(Signed{Seat: latestOf[Sign](p).Seat, Answer: []byte("cms"), Err: err})
}

func (p *play) validated(roles int, err error) {
	in := Validated{Seat: latestOf[Validate](p).Seat, Err: err}
	if err == nil {
		in.On = session1(roles)
	}
	p.in(in)
}

func (p *play) selected(err error) {
	s := latestOf[Select](p)
	p.in(Selected{Session: s.Session, Role: s.Role, Mode: s.Mode, Err: err})
}

func (p *play) fire(t Timer) {
	p.now = p.state.due[t]
	p.in(Fired{Timer: t, Seq: p.state.armed[t]})
}

func (p *play) alive(err error) {
	p.in(KeptAlive{Session: latestOf[KeepAlive](p).Session, Err: err})
}

// The ways to a phase.
func (p *play) toNeedPIN() {
	p.insert(1)
	p.read("one", nil)
	p.activated(nil)
}

func (p *play) toSigning() {
	p.toNeedPIN()
	p.pin()
}

func (p *play) toValidating() {
	p.toSigning()
	p.signed(nil)
}

func (p *play) toChoosing() {
	p.toValidating()
	p.validated(2, nil)
}

func (p *play) toSignedOn() {
	p.toChoosing()
	p.ask(ChooseRole{ID: "R2"})
	p.selected(nil)
}

func (p *play) toOffline() {
	p.toSignedOn()
	p.fire(AliveTimer)
	p.alive(netDown)
}

func (p *play) toRenewing() {
	p.toSignedOn()
	p.ask(SignOnAgain{})
}

func (p *play) toLocked() {
	p.toSignedOn()
	p.pull(1)
}

func (p *play) toLockedByHand() {
	p.toSignedOn()
	p.ask(Lock{})
}

// TestStep: from each phase, what each input that matters leads to.
func TestStep(t *testing.T) {
	for _, c := range []struct {
		name    string
		mode    Mode
		from    func(*play)
		do      func(*play)
		want    Phase
		code    failure.Code
		effects string // of the last input
	}{
		{"no reader", Normal, nil, func(p *play) { p.in(CardEvent{card.Event{Kind: card.ReaderRemoved, Reader: "A"}}) }, NoReader, failure.ReaderNone, ""},
		{"no card, card in", Normal, nil, func(p *play) { p.insert(1) }, Reading, "", "Forget? Read Activate"},
		{"no card, mute card", Normal, nil, func(p *play) { p.in(CardEvent{card.Event{Kind: card.Mute, Reader: "A", Gen: 1}}) }, NoCard, failure.CardMute, ""},
		{"no card, a PIN", Normal, nil, func(p *play) { p.pin() }, NoCard, "", "Wipe"},

		{"reading, read", Normal, func(p *play) { p.insert(1) }, func(p *play) { p.read("one", nil) }, NeedPIN, "", ""},
		{"reading, unreadable", Normal, func(p *play) { p.insert(1) }, func(p *play) { p.read("", card.ErrUnsupported) }, NoCard, failure.CardUnsupported, ""},
		{"reading, busy", Normal, func(p *play) { p.insert(1) }, func(p *play) { p.read("", card.ErrBusy) }, NoCard, failure.CardBusy, "Arm"},
		{"reading, pulled", Normal, func(p *play) { p.insert(1) }, func(p *play) { p.pull(1) }, NoCard, "", "Forget"},
		{"reading, another card", Normal, func(p *play) { p.insert(1) }, func(p *play) { p.insert(2) }, Reading, "", ""},

		{"need PIN, typed", Normal, (*play).toNeedPIN, (*play).pin, SigningOn, "", "Disarm Sign"},
		{"need PIN, cancelled", Normal, (*play).toNeedPIN, func(p *play) { p.ask(CancelPIN{Gen: 1}) }, NoCard, failure.UserAbort, ""},
		{"need PIN, of an older card", Normal, (*play).toNeedPIN, func(p *play) { p.ask(SubmitPIN{Gen: 9, PIN: card.NewPIN(nil)}) }, NeedPIN, "", "Wipe"},
		{"need PIN, too short", Normal, (*play).toNeedPIN, func(p *play) { p.ask(SubmitPIN{Gen: 1, PIN: card.NewPIN([]byte("1"))}) }, NeedPIN, failure.PINFormat, "Wipe"},
		{"need PIN, challenge old", Normal, (*play).toNeedPIN, func(p *play) { p.fire(ChallengeTimer) }, NeedPIN, "", "Activate"},
		{"need PIN, slept over it", Normal, (*play).toNeedPIN, func(p *play) { p.now = p.now.Add(time.Hour); p.pin() }, SigningOn, "", "Disarm Activate"},
		{"need PIN, pulled", Normal, (*play).toNeedPIN, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm"},
		{"need PIN, sign out", Normal, (*play).toNeedPIN, func(p *play) { p.ask(SignOut{}) }, NeedPIN, "", ""},

		{"signing, wrong", Normal, (*play).toSigning, func(p *play) { p.signed(&card.PINError{Retries: 2}) }, NeedPIN, failure.PINWrong, "Arm"},
		{"signing, locked", Normal, (*play).toSigning, func(p *play) { p.signed(&card.PINError{Retries: 0}) }, NoCard, failure.PINLocked, ""},
		{"signing, unknown", Normal, (*play).toSigning, func(p *play) { p.signed(card.ErrPINUnknown) }, Reading, failure.PINUnknown, "Read"},
		{"signing, reset", Normal, (*play).toSigning, func(p *play) { p.signed(card.ErrReset) }, Reading, failure.CardReset, "Read"},
		{"signing, hung", Normal, (*play).toSigning, func(p *play) { p.signed(card.ErrModuleHung) }, Reading, failure.ModuleHung, "Read"},
		{"signing, busy", Normal, (*play).toSigning, func(p *play) { p.signed(card.ErrBusy) }, NeedPIN, failure.CardBusy, "Arm"},
		{"signing, pulled", Normal, (*play).toSigning, func(p *play) { p.pull(1) }, NoCard, failure.CardRemoved, "Forget"},
		{"signing, signed", Normal, (*play).toSigning, func(p *play) { p.signed(nil) }, SigningOn, "", "Validate"},
		{"signing, a second PIN", Normal, (*play).toSigning, (*play).pin, SigningOn, "", "Wipe"},

		{"validating, one role", Normal, (*play).toValidating, func(p *play) { p.validated(1, nil) }, SigningOn, "", "Measured Arm Arm Select"},
		{"validating, roles", Normal, (*play).toValidating, func(p *play) { p.validated(2, nil) }, ChoosingRole, "", "Measured Arm Arm"},
		{"validating, no role", Normal, (*play).toValidating, func(p *play) { p.validated(0, nil) }, NoCard, failure.UserNoRole, "Measured Arm Arm Disarm Disarm Abandon Logout"},
		{"validating, stale", Normal, (*play).toValidating, func(p *play) { p.validated(0, &broker.Refusal{Code: failure.ChallengeStale}) }, NeedPIN, failure.ChallengeStale, "Activate"},
		{"validating, revoked", Normal, (*play).toValidating, func(p *play) { p.validated(0, &broker.Refusal{Code: failure.CertRevoked}) }, NoCard, failure.CertRevoked, ""},
		{"validating, cut", Normal, (*play).toValidating, func(p *play) { p.validated(0, netDown) }, NeedPIN, failure.NetDown, "Activate"},
		{"validating, pulled", Normal, (*play).toValidating, func(p *play) { p.pull(1) }, NoCard, failure.CardRemoved, "Forget"},
		{"validating, late", Normal, (*play).toValidating, func(p *play) { p.pull(1); p.validated(2, nil) }, NoCard, failure.CardRemoved, "Logout"},

		{"choosing, chosen", Normal, (*play).toChoosing, func(p *play) { p.ask(ChooseRole{ID: "R2"}) }, SigningOn, "", "Select"},
		{"choosing, not offered", Normal, (*play).toChoosing, func(p *play) { p.ask(ChooseRole{ID: "R7"}) }, ChoosingRole, "", ""},
		{"choosing, unknown mode", Normal, (*play).toChoosing, func(p *play) { p.ask(ChooseRole{ID: "R1", Mode: 2}) }, ChoosingRole, "", ""},
		{"choosing, refused", Normal, (*play).toChoosing, func(p *play) {
			p.ask(ChooseRole{ID: "R1"})
			p.selected(&broker.Refusal{Code: failure.RoleRefused})
		}, ChoosingRole, failure.RoleRefused, ""},
		{"choosing, ended", Normal, (*play).toChoosing, func(p *play) { p.ask(ChooseRole{ID: "R1"}); p.selected(noMore) }, NeedPIN, failure.SessionEnded, "Disarm Disarm Abandon Activate"},
		{"choosing, pulled", Normal, (*play).toChoosing, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},

		{"signed on, pulled", Normal, (*play).toSignedOn, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},
		{"signed on, another card", Normal, (*play).toSignedOn, func(p *play) { p.insert(2) }, SignedOn, "", ""},
		{"signed on, another card pulled", Normal, (*play).toSignedOn, func(p *play) { p.insert(2); p.pull(2) }, SignedOn, "", ""},
		{"signed on, sign out", Normal, (*play).toSignedOn, func(p *play) { p.ask(SignOut{}) }, NoCard, "", "Disarm Disarm Abandon Logout"},
		{"signed on, alive", Normal, (*play).toSignedOn, func(p *play) { p.fire(AliveTimer); p.alive(nil) }, SignedOn, "", "Arm"},
		{"signed on, cut", Normal, (*play).toSignedOn, func(p *play) { p.fire(AliveTimer); p.alive(netDown) }, Offline, failure.NetDown, "Arm"},
		{"signed on, ended", Normal, (*play).toSignedOn, func(p *play) { p.fire(AliveTimer); p.alive(noMore) }, NeedPIN, failure.SessionEnded, "Disarm Abandon Activate"},
		{"signed on, odd answer", Normal, (*play).toSignedOn, func(p *play) { p.fire(AliveTimer); p.alive(&client.Error{Code: failure.ServerAnswer}) }, SignedOn, "", "Arm"},
		{"signed on, maximum", Normal, (*play).toSignedOn, func(p *play) { p.fire(MaxTimer) }, NeedPIN, failure.SessionEnded, "Disarm Abandon Activate"},
		{"signed on, a PIN", Normal, (*play).toSignedOn, (*play).pin, SignedOn, "", "Wipe"},
		{"signed on, ask PIN", Normal, (*play).toSignedOn, func(p *play) { p.ask(AskPIN{}) }, SignedOn, "", ""},
		{"signed on, stop", Normal, (*play).toSignedOn, func(p *play) { p.in(Stop{}) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},
		{"signed on, renew", Normal, (*play).toSignedOn, func(p *play) { p.ask(SignOnAgain{}) }, Renewing, "", "Activate"},

		{"renewing, cancelled", Normal, (*play).toRenewing, func(p *play) { p.ask(CancelPIN{Gen: 1}) }, SignedOn, failure.UserAbort, ""},
		{"renewing, wrong", Normal, (*play).toRenewing, func(p *play) { p.activated(nil); p.pin(); p.signed(&card.PINError{Retries: 2}) }, Renewing, failure.PINWrong, "Arm"},
		{"renewing, refused", Normal, (*play).toRenewing, func(p *play) {
			p.activated(nil)
			p.pin()
			p.signed(nil)
			p.validated(0, &broker.Refusal{Code: failure.UserClosed})
		}, SignedOn, failure.UserClosed, ""},
		{"renewing, new session", Normal, (*play).toRenewing, func(p *play) {
			p.activated(nil)
			p.pin()
			p.signed(nil)
			p.validated(2, nil)
		}, Renewing, "", "Measured Disarm Disarm Abandon Logout Arm Arm Select"},
		{"renewing, ended", Normal, (*play).toRenewing, func(p *play) { p.fire(AliveTimer); p.alive(noMore) }, NeedPIN, failure.SessionEnded, "Disarm Abandon"},
		{"renewing, pulled", Normal, (*play).toRenewing, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},

		{"offline, back", Normal, (*play).toOffline, func(p *play) { p.fire(AliveTimer); p.alive(nil) }, SignedOn, "", "Arm Arm"},
		{"offline, try now", Normal, (*play).toOffline, func(p *play) { p.ask(TryNow{}) }, Offline, failure.NetDown, "Disarm KeepAlive"},
		{"offline, ended", Normal, (*play).toOffline, func(p *play) { p.fire(AliveTimer); p.alive(noMore) }, NeedPIN, failure.SessionEnded, "Disarm Abandon Activate"},
		{"offline, pulled", Normal, (*play).toOffline, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},

		{"locked, card out", LockPersistence, (*play).toSignedOn, func(p *play) { p.pull(1) }, Locked, "", "Forget"},
		{"locked, same card", LockPersistence, (*play).toLocked, func(p *play) { p.insert(2); p.read("one", nil) }, NeedPIN, "", ""},
		{"locked, other card", LockPersistence, (*play).toLocked, func(p *play) { p.insert(2); p.read("two", nil) }, NeedPIN, "", "Disarm Disarm Abandon Logout"},
		{"locked, resumed", LockPersistence, (*play).toLocked, func(p *play) {
			p.insert(2)
			p.read("one", nil)
			p.activated(nil)
			p.pin()
			p.signed(nil)
		}, SignedOn, "", ""},
		{"locked, a copy", LockPersistence, (*play).toLocked, func(p *play) {
			p.insert(2)
			p.read("one", nil)
			p.activated(nil)
			p.pin()
			p.signed(errNotItsKey)
		}, Locked, failure.CardOther, ""},
		{"locked, ended", LockPersistence, (*play).toLocked, func(p *play) { p.fire(AliveTimer); p.alive(noMore) }, NoCard, failure.SessionEnded, "Disarm Abandon"},
		{"locked, sign out", LockPersistence, (*play).toLocked, func(p *play) { p.ask(SignOut{}) }, NoCard, "", "Disarm Disarm Abandon Logout"},
		{"locked, application", LockPersistence, (*play).toLocked, func(p *play) { p.ask(Granted{Application: "x"}) }, Locked, "", ""},

		{"mobility, card out", Mobility, (*play).toSignedOn, func(p *play) { p.pull(1) }, SignedOn, "", "Forget"},
		{"mobility, same card", Mobility, (*play).toLocked, func(p *play) { p.insert(2); p.read("one", nil) }, SignedOn, "", ""},
		{"mobility, other card", Mobility, (*play).toLocked, func(p *play) { p.insert(2); p.read("two", nil) }, NeedPIN, "", "Disarm Disarm Abandon Logout Activate"},

		{"locked by hand", Normal, (*play).toSignedOn, func(p *play) { p.ask(Lock{}) }, Locked, "", ""},
		{"locked by hand, offline", Normal, (*play).toOffline, func(p *play) { p.ask(Lock{}) }, Locked, failure.NetDown, ""},
		{"locked by hand, renewing", Normal, (*play).toRenewing, func(p *play) { p.ask(Lock{}) }, Renewing, "", ""},
		{"locked by hand, nobody on", Normal, (*play).toNeedPIN, func(p *play) { p.ask(Lock{}) }, NeedPIN, "", ""},
		{"locked by hand, asked", Normal, (*play).toLockedByHand, func(p *play) { p.ask(AskPIN{}) }, NeedPIN, "", "Activate"},
		{"locked by hand, resumed", Normal, (*play).toLockedByHand, func(p *play) { p.ask(AskPIN{}); p.activated(nil); p.pin(); p.signed(nil) }, SignedOn, "", ""},
		{"locked by hand, wrong", Normal, (*play).toLockedByHand, func(p *play) {
			p.ask(AskPIN{})
			p.activated(nil)
			p.pin()
			p.signed(&card.PINError{Retries: 2})
		}, NeedPIN, failure.PINWrong, "Arm"},
		{"locked by hand, not its key", Normal, (*play).toLockedByHand, func(p *play) { p.ask(AskPIN{}); p.activated(nil); p.pin(); p.signed(errNotItsKey) }, Locked, failure.CardOther, ""},
		{"locked by hand, cancelled", Normal, (*play).toLockedByHand, func(p *play) { p.ask(AskPIN{}); p.ask(CancelPIN{Gen: 1}) }, Locked, failure.UserAbort, ""},
		{"locked by hand, ended", Normal, (*play).toLockedByHand, func(p *play) { p.fire(AliveTimer); p.alive(noMore) }, NeedPIN, failure.SessionEnded, "Disarm Abandon Activate"},
		{"locked by hand, alive", Normal, (*play).toLockedByHand, func(p *play) { p.fire(AliveTimer); p.alive(nil) }, Locked, "", "Arm"},
		{"locked by hand, sign out", Normal, (*play).toLockedByHand, func(p *play) { p.ask(SignOut{}) }, NoCard, "", "Disarm Disarm Abandon Logout"},
		{"locked by hand, application", Normal, (*play).toLockedByHand, func(p *play) { p.ask(Granted{Application: "x"}) }, Locked, "", ""},
		{"locked by hand, pulled", Normal, (*play).toLockedByHand, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},
		{"locked by hand, pulled in lock persistence", LockPersistence, (*play).toLockedByHand, func(p *play) { p.pull(1) }, Locked, "", "Forget"},
		{"locked by hand, pulled in mobility", Mobility, (*play).toLockedByHand, func(p *play) { p.pull(1) }, Locked, "", "Forget"},
		{"locked by hand, another card", Normal, (*play).toLockedByHand, func(p *play) { p.insert(2) }, Reading, "", "Forget Read Activate"},
		{"locked by hand, another user", Normal, (*play).toLockedByHand, func(p *play) { p.insert(2); p.read("two", nil) }, NeedPIN, "", "Disarm Disarm Abandon Logout"},
		{"locked by hand, another card and back", Normal, (*play).toLockedByHand, func(p *play) { p.insert(2); p.pull(2) }, Reading, "", "Forget Read Activate"},
		{"locked by hand, pulled behind another", Normal, (*play).toLockedByHand, func(p *play) { p.insert(2); p.pull(1) }, Reading, "", "Disarm Disarm Abandon Logout"},
		{"locked by hand, another while asked", Normal, (*play).toLockedByHand, func(p *play) { p.ask(AskPIN{}); p.insert(2) }, NeedPIN, "", ""},

		{"enhanced, card out", EnhancedNormal, (*play).toSignedOn, func(p *play) { p.pull(1) }, NoCard, "", "Forget Disarm Disarm Abandon Logout"},
		{"enhanced, card in", EnhancedNormal, (*play).toLocked, func(p *play) { p.insert(2); p.read("one", nil) }, NoCard, "", ""},
		{"enhanced, unlocked", EnhancedNormal, (*play).toLocked, func(p *play) { p.insert(2); p.read("one", nil); p.ask(DesktopUnlocked{}) }, NeedPIN, "", "Activate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlay(t, c.mode)
			if c.from != nil {
				c.from(p)
			}
			c.do(p)
			shot := p.state.Snapshot()
			var code failure.Code
			if shot.Problem != nil {
				code = shot.Problem.Code
			}
			if shot.Phase != c.want || code != c.code {
				t.Errorf("at %s with %q, want %s with %q", shot.Phase, code, c.want, c.code)
			}
			if got, want := strings.Join(p.last, " "), strings.TrimPrefix(c.effects, "Forget? "); got != want {
				t.Errorf("effects %q, want %q", got, want)
			}
		})
	}
}

// TestStateHidesItsSecrets: no way of printing a state shows ticket or PIN.
func TestStateHidesItsSecrets(t *testing.T) {
	p := newPlay(t, Normal)
	p.toSignedOn()
	p.ask(SignOnAgain{})
	p.pin() // held until the challenge is there
	if p.state.try.pin == nil {
		t.Fatal("no PIN is held")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		for _, v := range []any{p.state, &p.state, p.state.Snapshot(), p.effects} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, "secret") || strings.Contains(text, "123456") || strings.Contains(text, fmt.Sprintf("%x", "secret")) {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
	if _, err := p.state.MarshalText(); err == nil {
		t.Error("a state was encoded")
	}
}

// TestResultOfAnEarlierSeat holds that a card which counts again is not taken for
// its earlier self.
func TestResultOfAnEarlierSeat(t *testing.T) {
	p := newPlay(t, Normal)
	p.insert(1)
	first := latestOf[Read](p).Seat
	p.read("", card.ErrUnsupported)
	p.insert(2)
	p.pull(2) // the first counts again
	if p.state.Phase() != Reading || p.state.use.gen() != 1 {
		t.Fatalf("at %s", p.state)
	}
	before := p.state
	p.in(CardRead{Seat: first, Facts: facts("late", 3)})
	if !reflect.DeepEqual(before, p.state) || len(p.last) != 0 {
		t.Fatal("a result of the earlier seat changed the state")
	}
}
