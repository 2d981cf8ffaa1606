package path_test

import (
	"context"
	"encoding/hex"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/card/pcsc"
	"lanyard/test/realmtest"
)

// TestPulledAtEveryAPDU is [TestPulledAtEveryCommand] with a PIV card in a
// PC/SC reader: every APDU of insertion and sign-on is one moment.
func TestPulledAtEveryAPDU(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d, s := readerDesk(t, r, readerName, realmtest.ThreeRoles)
	d.phase(t, agent.NoCard)

	p := d.insert(t, cardOf(0), "")
	d.typePIN(t, realmtest.PIN())
	d.phase(t, agent.ChoosingRole)
	if tally := p.Tally(); tally.Accepted != s.signatures() || tally.Refused+tally.Unanswered > 0 || tally.Accepted == 0 {
		t.Errorf("%d signatures with %+v", s.signatures(), tally)
	}
	commands := p.Commands()
	d.slot.Remove()
	d.gone(t)
	if commands < 10 {
		t.Fatalf("insertion and sign-on take %d APDUs only", commands)
	}
	pullAtEach(t, r, d, commands)
}

// TestAnotherProgramAtTheCard connects with a second PC/SC client while the
// passcode is asked for, and looks for a PIN state after the sign-on.
func TestAnotherProgramAtTheCard(t *testing.T) {
	r := realmtest.Start(t, realmtest.Options{})
	d, _ := readerDesk(t, r, readerName, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	d.insert(t, cardOf(0), "")
	d.until(t, "the question for the passcode", patience, func(s agent.Snapshot) bool { return s.PINWanted && s.Card != nil })
	if got := other(t, selectPIV); got[len(got)-4:] != "9000" {
		t.Errorf("SELECT of another program while the passcode is asked for: %s", got)
	}
	d.typePIN(t, realmtest.PIN())
	d.phase(t, agent.SignedOn)
	if got := other(t, pinState); got != "63c3" {
		t.Errorf("the PIN state after the sign-on: %s, want none and three tries left", got)
	}
}

// What another program sends.
const (
	selectPIV = "00a404000ba000000308000010000100"
	pinState  = "00200080"
)

// other is another program that sends one command within a second.
func other(t *testing.T, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	conn, err := pcsc.Connect(ctx, card.ReaderID(readerName), 0)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer func() { _ = conn.Disconnect(false) }()
	if err := conn.Begin(ctx); err != nil {
		t.Fatalf("begin: %v", err)
	}
	defer conn.End()
	apdu, err := hex.DecodeString(command)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := conn.Transmit(ctx, apdu)
	if err != nil {
		t.Fatalf("transmit: %v", err)
	}
	return hex.EncodeToString(answer)
}
