package agent

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
	"lanyard/card"
)

func TestNormalEndsTheSession(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.pull(d.card)
		d.want(NoCard, "")
		d.sessions(0)
		d.insert(d.card)
		d.want(NeedPIN, "")
	})
}

func TestEnhancedNormalAsksAfterTheDesktopWasUnlocked(t *testing.T) {
	bubble(t, EnhancedNormal, func(d *desk) {
		d.signOn()
		d.want(SignedOn, "")
		d.pull(d.card)
		d.sessions(0)
		d.insert(d.card)
		if s := d.want(NoCard, ""); !s.Unlock || s.Card == nil {
			d.t.Fatalf("waiting for the desktop is shown as %+v", s)
		}
		if err := d.agent.Do(d.t.Context(), AskPIN{}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("asked before the desktop was unlocked: %v", err)
		}
		d.do(DesktopUnlocked{})
		d.want(NeedPIN, "")
		d.pin(testPIN)
		d.want(SignedOn, "")
	})
	bubble(t, EnhancedNormal, func(d *desk) { // a card that was never signed on locks nothing
		d.insert(d.card)
		d.pull(d.card)
		d.insert(d.card)
		d.want(NeedPIN, "")
	})
}

func TestLockPersistenceResumes(t *testing.T) {
	bubble(t, LockPersistence, func(d *desk) {
		d.signOn()
		d.pull(d.card)
		d.want(Locked, "")
		if _, err := d.agent.Ticket(d.t.Context()); !errors.As(err, new(*NoSession)) {
			d.t.Fatalf("a locked desk gives out a ticket: %v", err)
		}
		d.pass(10 * time.Minute)
		if len(d.server.times("alive")) < 9 {
			d.t.Fatal("a locked session is not kept alive")
		}
		d.insert(d.card)
		d.want(NeedPIN, "")
		d.pin("111111")
		d.want(NeedPIN, failure.PINWrong)
		d.pin(testPIN)
		d.want(SignedOn, "")
		if n := len(d.server.times("validate")); n != 1 {
			d.t.Fatalf("%d sign-ons, want the one session resumed", n)
		}
		d.sessions(1)
		if ticket, err := d.agent.Ticket(d.t.Context()); err != nil || ticket.Reveal() != testTicket+"1" {
			d.t.Fatalf("the ticket changed: %v", err)
		}
	})
}

func TestLockPersistenceRefusesACopiedCertificate(t *testing.T) {
	bubble(t, LockPersistence, func(d *desk) {
		d.signOn()
		d.pull(d.card)
		copied := newCard(d.t, d.issuer, testUID)
		copied.cert = d.card.cert
		d.insert(copied)
		d.want(NeedPIN, "")
		d.pin(testPIN)
		d.want(Locked, failure.CardOther)
		d.sessions(1)
		d.pull(copied)
		d.insert(d.card)
		d.pin(testPIN)
		d.want(SignedOn, "")
	})
}

func TestAnotherCardIsAChangeOfUser(t *testing.T) {
	for _, m := range []Mode{LockPersistence, Mobility} {
		bubble(t, m, func(d *desk) {
			d.signOn()
			d.pull(d.card)
			other := newCard(d.t, d.issuer, "900000000025")
			d.insert(other)
			d.want(NeedPIN, "")
			d.sessions(0)
			d.pin(testPIN)
			if s := d.want(SignedOn, ""); s.UID != "900000000025" {
				d.t.Fatalf("signed on as %s", s.UID)
			}
		})
	}
}

func TestLockedSessionThatEnds(t *testing.T) {
	bubble(t, LockPersistence, func(d *desk) {
		d.signOn()
		d.pull(d.card)
		d.server.set("alive", noMore)
		d.pass(time.Minute)
		d.want(NoCard, failure.SessionEnded)
		d.insert(d.card)
		d.want(NeedPIN, "")
	})
	bubble(t, LockPersistence, func(d *desk) { // while the card signs to resume it
		d.signOn()
		d.pull(d.card)
		d.card.set(func(c *fakeCard) { c.slow = 59 * time.Second })
		d.insert(d.card)
		d.pin(testPIN)
		d.server.set("alive", noMore)
		d.pass(58 * time.Second)
		d.want(SigningOn, failure.SessionEnded)
		d.server.set("alive", nil)
		d.pass(time.Second)
		d.want(SignedOn, "") // what was under way made a new session
		if n := len(d.server.times("validate")); n != 2 {
			d.t.Fatalf("%d sign-ons", n)
		}
	})
}

func TestMobilityKeepsTheSession(t *testing.T) {
	bubble(t, Mobility, func(d *desk) {
		d.signOn()
		d.pull(d.card)
		if s := d.want(SignedOn, ""); s.Card != nil {
			d.t.Fatal("the card is shown")
		}
		if _, err := d.agent.Ticket(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
		d.insert(d.card)
		if s := d.want(SignedOn, ""); s.PINWanted || s.Card == nil {
			d.t.Fatalf("the same card again: %+v", s)
		}
		d.sessions(1)
		d.pull(d.card)
		d.pass(10 * time.Hour)
		d.want(NoCard, failure.SessionEnded)
	})
}

func TestSignOutLeavesTheCardIn(t *testing.T) {
	for _, m := range []Mode{Normal, EnhancedNormal, LockPersistence, Mobility} {
		bubble(t, m, func(d *desk) {
			d.signOn()
			d.do(SignOut{})
			if s := d.want(NoCard, ""); s.Card == nil || s.PINWanted {
				d.t.Fatalf("signed out with the card in: %+v", s)
			}
			d.sessions(0)
			d.do(AskPIN{})
			d.want(NeedPIN, "")
			d.pin(testPIN)
			d.want(SignedOn, "")
		})
	}
}

func TestChangeOfRole(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.roles = 3
		d.signOn()
		s := d.want(ChoosingRole, "")
		if len(s.Roles) != 3 || s.Role != nil {
			d.t.Fatalf("choosing from %+v", s.Roles)
		}
		if _, err := d.agent.Ticket(d.t.Context()); !errors.As(err, new(*NoSession)) {
			d.t.Fatalf("a ticket before the role: %v", err)
		}
		if err := d.agent.Do(d.t.Context(), ChooseRole{ID: "R9"}); !errors.Is(err, ErrPhase) {
			d.t.Fatalf("a role that was not offered: %v", err)
		}
		d.pass(30 * time.Minute) // a person who takes long loses nothing
		if len(d.server.times("alive")) == 0 {
			d.t.Fatal("the session is not kept while a person chooses")
		}
		d.do(ChooseRole{ID: "R2"})
		d.want(SignedOn, "")
		d.do(ChooseRole{ID: "R3", Mode: broker.TrainingMode})
		if s := d.want(SignedOn, ""); s.Role.ID != "R3" || s.RoleMode != broker.TrainingMode {
			d.t.Fatalf("role %+v in mode %d", s.Role, s.RoleMode)
		}
		if d.card.sent() != 1 || len(d.server.times("validate")) != 1 {
			d.t.Fatal("a change of role asked for the PIN or a new session")
		}
		d.server.set("select", &broker.Refusal{Code: failure.RoleRefused})
		d.do(ChooseRole{ID: "R1"})
		if s := d.want(SignedOn, failure.RoleRefused); s.Role.ID != "R3" {
			d.t.Fatalf("a refused role is shown: %+v", s.Role)
		}
	})
}

func TestRoleChosenWhileAnotherIsSelected(t *testing.T) {
	for _, err := range []error{nil, netDown, &broker.Refusal{Code: failure.RoleRefused}} {
		bubble(t, Normal, func(d *desk) {
			d.server.roles = 3
			d.signOn()
			d.do(ChooseRole{ID: "R1"})
			d.server.slow("select", time.Second)
			d.server.set("select", err)
			d.do(ChooseRole{ID: "R2"})
			d.do(ChooseRole{ID: "R3"})
			d.server.set("select", nil)
			d.pass(3 * time.Second)
			if s := d.want(SignedOn, ""); s.Role.ID != "R3" || d.server.role() != "R3" {
				d.t.Fatalf("role %+v here, %s at the server", s.Role, d.server.role())
			}
			if n := len(d.server.times("select")); n != 3 {
				d.t.Fatalf("%d selections", n)
			}
		})
	}
}

func TestRoleWhileTheNetworkIsGone(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.set("select", netDown)
		d.signOn()
		if s := d.want(SigningOn, failure.NetDown); s.NextTry.IsZero() {
			d.t.Fatal("nothing is tried")
		}
		d.server.set("select", nil)
		d.do(TryNow{})
		d.want(SignedOn, "")
	})
}

func TestSignOnAgain(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.server.roles = 2
		d.signOn()
		d.do(ChooseRole{ID: "R2"})
		d.do(SignOnAgain{})
		if s := d.want(Renewing, ""); !s.PINWanted {
			d.t.Fatal("the PIN is not asked for")
		}
		if ticket, err := d.agent.Ticket(d.t.Context()); err != nil || ticket.Reveal() != testTicket+"1" {
			d.t.Fatalf("the session goes on meanwhile: %v", err)
		}
		d.pin(testPIN)
		if s := d.want(SignedOn, ""); s.Role.ID != "R2" {
			d.t.Fatalf("role %+v", s.Role)
		}
		if ticket, err := d.agent.Ticket(d.t.Context()); err != nil || ticket.Reveal() != testTicket+"2" {
			d.t.Fatalf("no new ticket: %v", err)
		}
		d.sessions(1)
		d.do(SignOnAgain{})
		d.do(CancelPIN{Gen: d.shot().Card.Gen})
		d.want(SignedOn, failure.UserAbort)
		d.sessions(1)
	})
}

func TestSeveralReaders(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		second, third := newCard(d.t, d.issuer, "900000000025"), newCard(d.t, d.issuer, "900000000033")
		d.insert(d.card)
		d.insert(second) // waits: the first is being asked for
		if s := d.want(NeedPIN, ""); s.Card.UID != testUID {
			d.t.Fatalf("asked for %s", s.Card.UID)
		}
		d.pin(testPIN)
		d.insert(third)
		if s := d.want(SignedOn, ""); s.UID != testUID {
			d.t.Fatalf("signed on as %s", s.UID)
		}
		d.pull(d.card) // the newest that waits counts
		if s := d.want(NeedPIN, ""); s.Card.UID != "900000000033" {
			d.t.Fatalf("asked for %s", s.Card.UID)
		}
		d.sessions(0)
		d.do(CancelPIN{Gen: d.shot().Card.Gen})
		d.insert(d.card) // an idle card gives way
		if s := d.want(NeedPIN, ""); s.Card.UID != testUID {
			d.t.Fatalf("asked for %s", s.Card.UID)
		}
		d.pull(d.card)
		d.pull(third)
		if s := d.want(NeedPIN, ""); s.Card.UID != "900000000025" {
			d.t.Fatalf("asked for %s", s.Card.UID)
		}
	})
}

func TestReadersAndTheirService(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.drawer.events <- card.Event{Kind: card.ReaderRemoved, Reader: "Reader A"}
		d.want(NoReader, failure.ReaderNone)
		d.sessions(0)
		for err, code := range map[error]failure.Code{
			card.ErrNoService: failure.ReaderService, card.ErrAccess: failure.ReaderDenied, errors.New("odd"): failure.ReaderService,
		} {
			d.drawer.events <- card.Event{Kind: card.ServiceDown, Err: err}
			d.want(NoReader, code)
			d.drawer.events <- card.Event{Kind: card.ServiceUp}
			d.drawer.events <- card.Event{Kind: card.ReaderAdded, Reader: "Reader A"}
			d.want(NoCard, "")
			d.drawer.events <- card.Event{Kind: card.ReaderRemoved, Reader: "Reader A"}
		}
	})
}

func TestCardsThatCannotBeUsed(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.issuer.From, d.issuer.Until = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		d.insert(newCard(d.t, d.issuer, testUID))
		if s := d.want(NoCard, failure.CardExpired); s.Card == nil || s.Links.Card != LinkBroken {
			d.t.Fatalf("an expired card is shown as %+v", s)
		}
		d.issuer.From, d.issuer.Until = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
		d.insert(newCard(d.t, d.issuer, testUID))
		d.want(NoCard, failure.CardNotYet)
		d.issuer.From = time.Now().Add(-time.Hour)
		d.insert(newCard(d.t, d.issuer, "NOBODY"))
		d.want(NoCard, failure.CardNoUser)
		d.drawer.events <- card.Event{Kind: card.Mute, Reader: "Reader A", Gen: d.drawer.gens.Next()}
		d.want(NoCard, failure.CardMute)
		locked := newCard(d.t, d.issuer, testUID)
		locked.tries = 0
		d.insert(locked)
		d.want(NoCard, failure.PINLocked)
		for _, c := range []struct {
			err  error
			code failure.Code
		}{{card.ErrUnsupported, failure.CardUnsupported}, {card.ErrDamaged, failure.CardDamaged}, {card.ErrModuleMissing, failure.ModuleMissing}} {
			d.drawer.set(c.err)
			d.insert(newCard(d.t, d.issuer, testUID))
			d.want(NoCard, c.code)
		}
		d.drawer.set(nil)
		d.insert(d.card)
		d.want(NeedPIN, "")
	})
}

func TestCardThatIsBusyIsTriedAgain(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.drawer.set(card.ErrBusy)
		d.insert(d.card)
		if s := d.want(NoCard, failure.CardBusy); s.NextTry.IsZero() {
			d.t.Fatal("nothing is tried")
		}
		d.pass(3 * time.Second)
		d.drawer.set(nil)
		d.pass(10 * time.Second)
		d.want(NeedPIN, "")
	})
	bubble(t, Normal, func(d *desk) { // not for ever
		d.drawer.set(card.ErrBusy)
		d.insert(d.card)
		d.pass(time.Hour)
		if n := d.drawer.opened(); n != cardTries {
			d.t.Fatalf("read %d times, want %d", n, cardTries)
		}
		d.drawer.set(nil)
		d.do(AskPIN{})
		d.want(NeedPIN, "")
	})
}

func TestPoliciesOfCards(t *testing.T) {
	live := Environment{Name: "live", Live: true}
	bubbleWith(t, Config{Environment: live}, func(d *desk) {
		d.insert(d.card)
		d.want(NoCard, failure.ProfileDemo) // a card in software
	})
	bubbleWith(t, Config{Environment: live, Policy: Policy{Virtual: true}}, func(d *desk) {
		d.insert(d.card)
		if s := d.want(NeedPIN, ""); s.Environment != live {
			d.t.Fatalf("environment %+v", s.Environment)
		}
	})
}

func TestEndingASessionElsewhere(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		d.signOn()
		d.server.set("end", noMore) // nobody's session
		if err := d.agent.EndSession(d.t.Context(), "x"); err == nil {
			d.t.Fatal("no error")
		}
		d.want(SignedOn, "")
		d.server.set("end", nil)
		d.server.set("alive", noMore) // it was this one
		if err := d.agent.EndSession(d.t.Context(), "s1"); err != nil {
			d.t.Fatal(err)
		}
		d.want(NeedPIN, failure.SessionEnded)
	})
}
