package agent

import (
	"crypto/x509"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

// world plays readers, person, card and server against Step, with the answers
// that the fuzzer picks, and holds the invariants after each step.
type world struct {
	t       *testing.T
	state   State
	now     time.Time
	gen     card.Generation
	in      map[card.Generation]card.Event
	pending []Effect // that have a result still to come
	pins    map[*card.PIN]bool
	live    map[*client.SignOn]time.Time // sessions at the server and when they end by themselves
	refused map[uint64]bool              // seats whose reader asked last and was not answered well
	begin   bool                         // a person has the reader ask for the last try
}

func newWorld(t *testing.T, m Mode) *world {
	w := &world{
		t: t, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
		state: NewState(Rules{Mode: m}, 1), in: map[card.Generation]card.Event{},
		pins: map[*card.PIN]bool{}, live: map[*client.SignOn]time.Time{}, refused: map[uint64]bool{},
	}
	w.step(CardEvent{card.Event{Kind: card.ServiceUp}}) // a watcher begins with it
	return w
}

// step applies an input and checks what must always hold.
func (w *world) step(in Input) {
	w.t.Helper()
	w.consented(in)
	before, frozen := w.state, copied(w.state) // Step must not change what it was given
	next, effects := Step(before, in, w.now)
	if !reflect.DeepEqual(frozen, before) {
		w.t.Fatal("Step changed the state it was given")
	}
	w.state = next
	for _, e := range effects {
		w.run(e)
	}
	w.check(in)
}

// copied is a state that shares no list with another.
func copied(s State) State {
	s.readers, s.cards, s.owed = slices.Clone(s.readers), slices.Clone(s.cards), slices.Clone(s.owed)
	s.on.roles, s.on.grants = slices.Clone(s.on.roles), slices.Clone(s.on.grants)
	s.on.places.Others = slices.Clone(s.on.places.Others)
	return s
}

// consented notes that a person asked for the reader's keys.
func (w *world) consented(in Input) {
	asked, ok := in.(Asked)
	if !ok || w.state.Fits(asked.Request) != nil {
		return
	}
	switch asked.Request.(type) {
	case StartKeypad:
		w.begin = true
		delete(w.refused, w.state.use.seat)
	case AskPIN, SignOnAgain:
		delete(w.refused, w.state.use.seat)
	}
}

// run keeps what has a result, and does at once what has none.
func (w *world) run(e Effect) {
	switch e := e.(type) {
	case Read, Activate, Validate, Select, KeepAlive, Logout, Sign, Tend, Look, EndElsewhere:
		w.handed(e)
		for _, p := range w.pending {
			if reflect.TypeOf(p) == reflect.TypeOf(e) && scopeOf(p) == scopeOf(e) {
				w.t.Fatalf("two outstanding %T of one scope", e)
			}
		}
		w.pending = append(w.pending, e)
	case Wipe:
		if w.pins[e.PIN] {
			w.t.Fatal("a PIN was wiped that the card was given")
		}
		w.pins[e.PIN] = true
	case Arm:
		if e.After < 0 || e.After > 24*time.Hour {
			w.t.Fatalf("timer %d set for %s", e.Timer, e.After)
		}
	case Measured:
		if e.Took < 0 || e.Measure < 0 || e.Measure >= Measures {
			w.t.Fatalf("%s took %s", e.Measure, e.Took)
		}
	}
}

// handed checks what the card is given: each PIN once, and nothing that nobody
// asked for is asked for on the reader's keys.
func (w *world) handed(e Effect) {
	var pins []*card.PIN
	switch e := e.(type) {
	case Tend:
		pins = []*card.PIN{e.Secret, e.New}
	case Sign:
		if e.Keypad == 0 {
			pins = []*card.PIN{e.PIN}
			break
		}
		if e.PIN != nil {
			w.t.Fatal("a PIN for a reader with its own keys")
		}
		if w.refused[e.Seat] || w.state.use.facts.Retries == 1 && !w.begin {
			w.t.Fatal("the reader asks and no person did")
		}
		w.begin = false
	}
	for _, p := range pins {
		if done, known := w.pins[p]; done || !known {
			w.t.Fatal("a PIN was handed to the card twice")
		}
		w.pins[p] = true
	}
}

// scopeOf is what an effect may run once at a time for.
func scopeOf(e Effect) uint64 {
	switch e := e.(type) {
	case Read:
		return e.Seat
	case Activate:
		return e.Seat
	case Sign:
		return e.Seat
	case Validate:
		return e.Seat
	case Select:
		return e.Session
	case KeepAlive:
		return e.Session
	case Logout:
		return e.Session
	case Tend:
		return e.Seat
	case Look:
		return e.Session
	case EndElsewhere:
		return e.Session
	default:
		return 0
	}
}

// check holds the invariants.
func (w *world) check(in Input) {
	w.t.Helper()
	s := w.state
	mode := s.rules.Mode
	phase := s.Phase()
	fail := func(format string, a ...any) {
		w.t.Helper()
		w.t.Fatalf("after %s: %s: %s", nameOf(in), s, fmt.Sprintf(format, a...))
	}
	if s.on.serial != 0 && mode != LockPersistence && mode != Mobility {
		if _, ok := w.in[s.on.card]; !ok {
			fail("a session without its card")
		}
	}
	if phase == SignedOn || phase == Offline || phase == Renewing {
		if _, ok := w.in[s.on.card]; !ok && mode != Mobility {
			fail("signed on without the card")
		}
	}
	if s.on.locked && s.on.card == 0 && mode != LockPersistence && mode != Mobility {
		fail("locked without its card in mode %s", mode)
	}
	if shot := s.Snapshot(); !s.ticket().IsZero() && (s.on.locked || shot.Phase == Locked || s.on.serial == 0) {
		fail("the ticket is given out")
	}
	if s.use.care.busy != NoCare && (s.use.stage != ready || s.try.kind != noAttempt && s.try.stage == signing) {
		fail("the card is tended while it is read or signs")
	}
	if s.use.gen() != 0 {
		if _, ok := w.in[s.use.gen()]; !ok {
			fail("card %d counts and is not in", s.use.gen())
		}
	}
	if s.asks() && s.use.stage != ready {
		fail("asked for the PIN of a card that is not ready")
	}
	if s.asks() && s.use.facts.Retries == 0 {
		fail("asked for the PIN with no try left")
	}
	if s.asks() && s.unlock {
		fail("asked for the PIN before the desktop was unlocked")
	}
	if (s.try.kind == resume || s.try.kind == renew) && s.on.serial == 0 {
		fail("an attempt for a session that is not there")
	}
	if s.stopping && (s.on.serial != 0 || s.use.gen() != 0) {
		fail("stopped with a session or card")
	}
	shot := s.Snapshot()
	if shot.PINWanted && phase != NeedPIN && phase != Renewing {
		fail("the PIN is wanted at %s", phase)
	}
	w.accounted(fail)
}

// accounted checks that no session of the server is forgotten: it is ours, or
// its logout is owed.
func (w *world) accounted(fail func(string, ...any)) {
	held := map[*client.SignOn]bool{w.state.on.on: true}
	for _, o := range w.state.owed {
		held[o.on] = true
	}
	for on, until := range w.live {
		if !held[on] && w.now.Before(until) {
			fail("a session at the server is forgotten")
		}
	}
}

// act plays one move of the world, picked by two numbers.
func (w *world) act(what, how byte) {
	switch what % 18 {
	case 0:
		w.insert(how)
	case 1:
		w.remove(how)
	case 2, 3, 4, 5, 6:
		w.answer(int(what), how)
	case 7:
		w.fire(how)
	case 8, 9:
		w.typePIN()
	case 10:
		w.ask(how)
	case 11:
		w.ask(how + 1)
	case 12:
		w.readers(how)
	case 13:
		w.now = w.now.Add(time.Duration(how) * time.Second)
	case 14:
		w.stale(how)
	case 16:
		w.typeTwo(how)
	case 17:
		w.step(KeysBegun{Seat: w.state.use.seat})
	case 15:
		if how == 255 {
			w.in = map[card.Generation]card.Event{}
			w.step(Stop{})
		}
	}
}

func (w *world) insert(how byte) {
	w.gen++
	e := card.Event{Kind: card.Inserted, Reader: "r", Gen: w.gen, ATR: card.ATR{0x3b}}
	if how%8 == 7 {
		e.Kind, e.ATR = card.Mute, nil
	}
	if w.state.stopping {
		return
	}
	w.in[w.gen] = e
	w.step(CardEvent{e})
}

func (w *world) remove(how byte) {
	for g := card.Generation(1); g <= w.gen; g++ {
		if _, ok := w.in[g]; ok && int(g)%2 == int(how)%2 {
			delete(w.in, g)
			w.step(CardEvent{card.Event{Kind: card.Removed, Reader: "r", Gen: g}})
			return
		}
	}
}

// readers sends events of readers and their service.
func (w *world) readers(how byte) {
	switch how % 4 {
	case 0:
		w.step(CardEvent{card.Event{Kind: card.ServiceUp}})
	case 1:
		w.step(CardEvent{card.Event{Kind: card.ReaderAdded, Reader: "r"}})
	case 2:
		w.in = map[card.Generation]card.Event{}
		w.step(CardEvent{card.Event{Kind: card.ReaderRemoved, Reader: "r"}})
	case 3:
		w.in = map[card.Generation]card.Event{}
		w.step(CardEvent{card.Event{Kind: card.ServiceDown, Err: card.ErrNoService}})
	}
}

func (w *world) typePIN() {
	pin := card.NewPIN([]byte("123456"))
	w.pins[pin] = false
	w.step(Asked{SubmitPIN{Gen: w.state.use.gen(), PIN: pin}})
}

// typeTwo types two PINs, for a change or with the PUK.
func (w *world) typeTwo(how byte) {
	typed := [2]*card.PIN{card.NewPIN([]byte("123456")), card.NewPIN([]byte("654321"))}
	if how%16 == 15 {
		typed[1] = card.NewPIN([]byte("1"))
	}
	w.pins[typed[0]], w.pins[typed[1]] = false, false
	var r Request = ChangePIN{Gen: w.state.use.gen(), Old: typed[0], New: typed[1]}
	if how%2 == 0 {
		r = Unblock{Gen: w.state.use.gen(), PUK: typed[0], New: typed[1]}
	}
	w.step(Asked{r})
}

func (w *world) ask(how byte) {
	requests := []Request{
		AskPIN{},
		CancelPIN{Gen: w.state.use.gen()},
		ChooseRole{ID: "R1"},
		ChooseRole{ID: "R2", Mode: broker.TrainingMode},
		SignOut{},
		TryNow{},
		Granted{Application: "a"},
		DesktopUnlocked{},
		SignOnAgain{},
		SubmitPIN{Gen: w.gen + 1, PIN: card.NewPIN([]byte("123456"))},
		Lock{},
		StartKeypad{Gen: w.state.use.gen()},
		LookForPlaces{},
		EndPlace{ID: "s2"},
		Shown{Gen: w.state.use.gen()},
		Lock{},
		AskPIN{},
	}
	w.step(Asked{requests[int(how)%len(requests)]})
}

func (w *world) fire(how byte) {
	t := Timer(int(how) % int(timers))
	if at := w.state.due[t]; w.state.armed[t] != 0 && w.now.Before(at) {
		w.now = at
	}
	w.step(Fired{Timer: t, Seq: w.state.armed[t]})
}

// answer brings the result of one outstanding effect.
func (w *world) answer(which int, how byte) {
	if len(w.pending) == 0 {
		return
	}
	i := which % len(w.pending)
	e := w.pending[i]
	w.pending = append(w.pending[:i:i], w.pending[i+1:]...)
	w.step(w.result(e, how))
}

// result makes the result of an effect: well in half of the cases.
func (w *world) result(e Effect, how byte) Input {
	err := mishaps()[int(how)%len(mishaps())]
	switch e := e.(type) {
	case Read:
		in := CardRead{Seat: e.Seat, Err: err}
		if err == nil {
			in.Facts = facts("card-"+string('a'+rune(how>>7)), int(how>>4)%4)
		}
		return in
	case Activate:
		in := Activated{Seat: e.Seat, Err: err}
		if err == nil {
			in.Activation = &client.Activation{Challenge: make([]byte, broker.ChallengeSize)}
		}
		return in
	case Sign:
		if e.Keypad > 0 && err != nil {
			w.refused[e.Seat] = true
		}
		return Signed{Seat: e.Seat, Answer: []byte("cms"), Err: err}
	case Validate:
		in := Validated{Seat: e.Seat, Err: err}
		if err == nil {
			in.On = session1(int(how>>5) % 3)
			w.live[in.On] = w.now.Add(in.On.Max)
		}
		return in
	case Select:
		w.toldOver(e.Session, err)
		return Selected{Session: e.Session, Role: e.Role, Mode: e.Mode, Err: err}
	case KeepAlive:
		if err != nil && ProblemOf(err).Code == failure.SessionEnded {
			delete(w.live, e.On)
		}
		return KeptAlive{Session: e.Session, Err: err}
	case Tend:
		return Tended{Seat: e.Seat, Kind: e.Kind, Retries: int(how>>4) % 4, Err: err}
	case Look:
		in := Looked{Session: e.Session, Err: err}
		w.toldOver(e.Session, err)
		if err == nil {
			in.Places = []broker.Place{{ID: "s1", This: true}, {ID: "s2"}, {ID: "s3"}}
		}
		return in
	case EndElsewhere:
		return EndedElsewhere{Session: e.Session, ID: e.ID, Err: err}
	case Logout:
		if p := ProblemOf(err); err == nil || settled(p.Code) {
			delete(w.live, e.On)
		}
		return LoggedOut{Session: e.Session, Err: err}
	default:
		w.t.Fatalf("%T has no result", e)
		return nil
	}
}

// toldOver notes that the server knows a session no more.
func (w *world) toldOver(session uint64, err error) {
	if err != nil && ProblemOf(err).Code == failure.SessionEnded && session == w.state.on.serial {
		delete(w.live, w.state.on.on)
	}
}

// stale brings results of cards and sessions that are over: they change nothing.
func (w *world) stale(how byte) {
	old := w.gen + 100
	inputs := []Input{
		CardRead{Seat: 1 << 60, Facts: facts("x", 3)},
		Activated{Seat: 1 << 60, Activation: &client.Activation{}},
		Signed{Seat: 1 << 60, Answer: []byte("cms")},
		Validated{Seat: 1 << 60, Err: errors.New("late")},
		Selected{Session: 1 << 60, Role: "R1"},
		KeptAlive{Session: 1 << 60, Err: &broker.Refusal{Code: failure.SessionEnded}},
		LoggedOut{Session: 1 << 60},
		KeysBegun{Seat: 1 << 60},
		Tended{Seat: 1 << 60, Kind: PINChange},
		Looked{Session: 1 << 60, Places: []broker.Place{{ID: "s2"}}},
		EndedElsewhere{Session: 1 << 60, ID: "s2"},
		Noticed{Session: 1 << 60, Err: &broker.Refusal{Code: failure.SessionEnded}},
		Fired{Timer: Timer(int(how) % int(timers)), Seq: 1 << 60},
		CardEvent{card.Event{Kind: card.Removed, Gen: old}},
	}
	in := inputs[int(how)%len(inputs)]
	before := w.state
	next, effects := Step(before, in, w.now)
	if !reflect.DeepEqual(next, before) || len(effects) != 0 {
		w.t.Fatalf("a stale %s changed the state to %s with %d effects", nameOf(in), next, len(effects))
	}
}

// mishaps is how an effect may end.
func mishaps() []error {
	net := func(c failure.Code) error { return &client.Error{Code: c, Op: "test", Host: "h"} }
	no := func(c failure.Code) error { return &broker.Refusal{Code: c} }
	return []error{
		nil, card.ErrBusy, nil, &card.PINError{Retries: 2}, nil, &card.PINError{Retries: 0}, nil, card.ErrPINUnknown,
		nil, net(failure.NetDown), nil, net(failure.ServerAnswer), nil, no(failure.SessionEnded), nil,
		no(failure.DirectoryDown), nil, no(failure.ChallengeStale), nil, card.ErrRemoved, nil, errNotItsKey, nil,
		net(failure.ServerRedirect), nil, no(failure.CertRevoked), nil, no(failure.RoleRefused),
		nil, card.ErrCancelled, nil, card.ErrTimeout, nil, &card.PUKError{Retries: 1}, nil, &card.PINError{Retries: 1},
	}
}

// facts is what a card tells; cards of one name are one card.
func facts(name string, retries int) Facts {
	f := Facts{
		Token: card.TokenID(name), UID: broker.UID("uid of " + name), Retries: retries, CanChange: true, CanUnblock: true,
		Key: card.Key{Ref: "9A", Purpose: card.Authentication, Cert: &x509.Certificate{Raw: []byte(name)}},
	}
	if name == "card-b" {
		f.Keypad = 30 * time.Second // as a keypad's own software may offer the rest too
	}
	return f
}

// session1 is a session with a number of roles.
func session1(roles int) *client.SignOn {
	on := &client.SignOn{
		Ticket: broker.NewTicket("AQIC-secret"), UID: "900000000017", CN: "Other An",
		Idle: 10 * time.Minute, Max: 8 * time.Hour, KeepAlive: true,
	}
	for i := range roles {
		on.Roles = append(on.Roles, client.Role{ID: broker.RoleProfileID(fmt.Sprintf("R%d", i+1)), OrgName: "A TRUST"})
	}
	return on
}

// pullAll takes every card out and lets everything under way come back, with
// a server that answers: every sequence must then stand where the mode says.
func (w *world) pullAll() {
	signedOn := w.state.on.serial != 0
	for g := range w.in {
		delete(w.in, g)
		w.step(CardEvent{card.Event{Kind: card.Removed, Reader: "r", Gen: g}})
	}
	w.step(CardEvent{card.Event{Kind: card.ReaderAdded, Reader: "r"}})
	for range 100 {
		switch {
		case len(w.pending) > 0:
			w.answer(0, 0)
		case w.state.armed[LogoutTimer] != 0:
			w.fire(byte(LogoutTimer))
		}
	}
	if len(w.pending) > 0 {
		w.t.Fatalf("%d effects never end", len(w.pending))
	}
	phase := w.state.Phase()
	kept := signedOn && w.state.on.serial != 0 && !w.state.stopping
	switch {
	case w.state.rules.Mode == LockPersistence && kept:
		if phase != Locked {
			w.t.Fatalf("card out in lock persistence with a session: %s", phase)
		}
	case w.state.rules.Mode == Mobility && kept:
		if phase == NoCard || phase == NoReader || phase == NeedPIN || (phase == Locked) != w.state.on.locked {
			w.t.Fatalf("card out in mobility with a session: %s", phase)
		}
	case w.state.stopping:
	case phase != NoCard:
		w.t.Fatalf("card out: %s", phase)
	}
	for _, until := range w.live {
		if w.now.Before(until) && (w.state.rules.Mode == Normal || w.state.rules.Mode == EnhancedNormal) {
			w.t.Fatal("card out: a session left at the server")
		}
	}
	for p, done := range w.pins {
		if !done {
			w.t.Fatalf("PIN %p was neither used nor wiped", p)
		}
	}
}

func FuzzStep(f *testing.F) {
	f.Add(uint8(0), []byte{12, 1, 0, 0, 2, 0, 2, 0, 8, 0, 2, 0, 2, 0, 2, 0, 1, 1})
	f.Add(uint8(1), []byte{12, 1, 0, 0, 2, 0, 2, 0, 8, 0, 2, 0, 2, 0x40, 10, 2, 2, 0, 1, 1, 0, 0, 11, 6})
	f.Add(uint8(2), []byte{12, 1, 0, 0, 2, 0, 2, 0, 8, 0, 2, 0, 2, 0x40, 2, 0, 1, 1, 0, 0, 2, 0, 2, 0, 8, 0, 2, 0})
	f.Add(uint8(3), []byte{12, 1, 0, 0, 2, 0, 2, 0, 8, 0, 2, 0, 2, 0x20, 2, 0, 1, 1, 7, 4, 2, 9, 7, 4, 2, 0})
	f.Add(uint8(0), []byte{12, 1, 0, 0, 2, 9, 2, 0, 8, 0, 7, 1, 2, 0, 10, 8, 9, 0, 13, 255, 15, 255})
	f.Add(uint8(0), []byte{12, 1, 0, 0, 2, 0, 2, 0, 8, 0, 2, 0, 2, 0, 2, 0x20, 2, 0, 2, 0, 10, 10, 10, 16, 2, 0, 8, 0, 2, 0, 10, 12, 2, 0, 10, 13, 2, 0})
	f.Add(uint8(0), []byte{12, 1, 0, 0, 2, 0x20, 2, 0, 10, 14, 16, 1, 2, 3, 16, 0, 2, 0, 8, 0, 2, 0, 2, 0, 10, 10, 0, 0, 3, 0x80, 1, 1})
	f.Add(uint8(1), []byte{12, 1, 0, 0, 2, 0x80 + 32, 2, 0, 17, 0, 2, 3, 10, 11, 17, 0, 2, 36, 10, 0, 17, 0, 2, 0})
	f.Fuzz(func(t *testing.T, mode uint8, moves []byte) {
		w := newWorld(t, Mode(mode%4))
		for i := 0; i+1 < len(moves) && i < 600; i += 2 {
			w.act(moves[i], moves[i+1])
		}
		w.pullAll()
	})
}
