package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// carer is a person at the window of the card. What the windows put off until
// the toolkit's next turn comes when the test says so.
type carer struct {
	*hand
	put []func()
}

func lookAtCard(t *testing.T, s agent.Snapshot, a view.Action) *carer {
	t.Helper()
	c := &carer{hand: sitDown(t)}
	c.s.to.later = func(f func()) { c.put = append(c.put, f) }
	c.s.show(s)
	c.s.act(a)
	c.turn()
	c.asked()
	return c
}

// turn is the toolkit's next turn.
func (c *carer) turn() {
	for len(c.put) > 0 {
		f := c.put[0]
		c.put = c.put[1:]
		f()
	}
}

func (c *carer) canvas() fyne.Canvas { return c.s.care.frame.window.Canvas() }

// at tells which field has the focus, from 1 on; 0: none of them.
func (c *carer) at() int {
	for i, f := range c.s.care.fields {
		if c.canvas().Focused() == fyne.Focusable(f) {
			return i + 1
		}
	}
	return 0
}

func (c *carer) typing(text string) {
	c.t.Helper()
	if c.canvas().Focused() == nil {
		c.t.Fatal("nothing has the focus")
	}
	test.Type(c.canvas().Focused(), text)
}

func (c *carer) press(n fyne.KeyName) {
	c.now = c.now.Add(time.Second)
	switch f := c.canvas().Focused(); {
	case n == fyne.KeyTab:
		c.canvas().FocusNext()
	case f != nil:
		f.TypedKey(&fyne.KeyEvent{Name: n})
	default:
		c.canvas().OnTypedKey()(&fyne.KeyEvent{Name: n})
	}
	c.turn()
}

// pushed presses the button of a text.
func (c *carer) pushed(text string) {
	c.t.Helper()
	for _, b := range buttons(c.s.care.frame.root) {
		if b.AccessibilityLabel() == text {
			test.Tap(b)
			c.turn()
			return
		}
	}
	c.t.Fatalf("no button %q", text)
}

// wantPINs takes the one request that was asked, and compares its passcodes.
func (c *carer) wantPINs(what string) {
	c.t.Helper()
	var got []string
	for _, r := range c.s.ask.take() {
		switch r := r.(type) {
		case agent.ChangePIN:
			got = append(got, fmt.Sprintf("change %d %s %s", r.Gen, r.Old.Octets(), r.New.Octets()))
		case agent.Unblock:
			got = append(got, fmt.Sprintf("unblock %d %s %s", r.Gen, r.PUK.Octets(), r.New.Octets()))
		}
	}
	if strings.Join(got, "; ") != what {
		c.t.Fatalf("asked %q, want %q", got, what)
	}
}

// empty tells whether nothing is typed anywhere.
func (c *carer) empty() bool {
	for _, f := range c.s.care.fields {
		if f.Len() > 0 {
			return false
		}
	}
	return true
}

// cared is a card in the reader that can be cared for.
func cared(gen card.Generation, change ...func(*agent.Snapshot)) agent.Snapshot {
	s := in(agent.SignedOn, gen, roles(2))
	from := time.Date(2026, 1, 4, 12, 0, 0, 0, time.Local)
	s.Card.Certs = []agent.CertView{
		{Purpose: card.ContentCommitment, Holder: "Grace Okafor", Issuer: "NHS Level 1D", Serial: "4a2f91c07be2215d", Key: "RSA 2048", From: from, Until: from.AddDate(2, 0, 0)},
		{Purpose: card.Authentication, Holder: "Grace Okafor", Issuer: "NHS Level 1D", Serial: "1c0ffee0aa17bb42", Key: "RSA 2048", From: from, Until: from.AddDate(2, 0, 0)},
	}
	s.Card.Expires, s.Role = from.AddDate(2, 0, 0), &s.Roles[0]
	s.Care = agent.Care{CanChange: true, CanUnblock: true}
	for _, c := range change {
		c(&s)
	}
	return s
}

func care(f func(*agent.Care)) func(*agent.Snapshot) { return func(s *agent.Snapshot) { f(&s.Care) } }

func stuck(s *agent.Snapshot) {
	s.Phase, s.UID, s.Role, s.Roles = agent.NoCard, "", nil, nil
	s.Card.Retries, s.Care.CanChange = 0, false
	s.Problem = &agent.Problem{Code: failure.PINLocked}
}

func TestChangePasscodeByKeyboard(t *testing.T) {
	c := lookAtCard(t, cared(1), view.ShowCare)
	c.pushed("Change passcode")
	if c.at() != 1 {
		t.Fatal("the first field does not have the focus")
	}
	c.typing("739146")
	c.press(fyne.KeyReturn) // to the next one
	c.typing("40718253")
	c.press(fyne.KeyReturn)
	c.typing("40718253")
	c.wantPINs("")
	c.press(fyne.KeyReturn)
	if !c.empty() {
		t.Error("something typed is left in the window")
	}
	c.press(fyne.KeyReturn)
	c.press(fyne.KeyEscape) // nothing can be taken back
	c.wantPINs("change 1 739146 40718253")
	c.s.show(cared(1, care(func(k *agent.Care) { k.Busy = agent.PINChange })))
	c.press(fyne.KeyEscape)
	if !c.s.care.frame.shown || !c.reads(c.s.care.frame, "Leave the card in.") {
		t.Error("Escape closed the window while the card is at work")
	}
	c.s.show(cared(1, care(func(k *agent.Care) { k.Done = agent.PINChange })))
	if !c.reads(c.s.care.frame, "Your passcode is changed") || c.at() != 0 {
		t.Error("nothing tells that it is done")
	}
	c.press(fyne.KeyEscape)
	if c.s.care.frame.shown {
		t.Error("Escape does not close the window")
	}
}

// TestEnterGoesFromFieldToField: it is deaf when the window comes up, and not
// between the fields of a quick hand.
func TestEnterGoesFromFieldToField(t *testing.T) {
	c := lookAtCard(t, cared(1), view.ShowCare)
	c.s.care.act(view.ChangePasscode)
	enter := func() { c.canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}); c.turn() }
	c.typing("739146")
	enter()
	if c.at() != 1 {
		t.Fatal("Enter counts though the form has just come up")
	}
	c.press(fyne.KeyReturn)
	for range 2 {
		c.typing("40718253")
		enter()
	}
	c.wantPINs("change 1 739146 40718253")
}

func TestWrongOldPasscodeIsAskedAgain(t *testing.T) {
	c := lookAtCard(t, cared(1), view.ShowCare)
	c.s.care.act(view.ChangePasscode)
	for n := range 2 {
		for _, text := range []string{"111111", "40718253", "40718253"} {
			c.typing(text)
			c.press(fyne.KeyReturn)
		}
		c.wantPINs("change 1 111111 40718253")
		if n == 0 {
			c.s.show(cared(1, care(func(k *agent.Care) { k.Busy = agent.PINChange })))
		} // the second time it is over before the window hears of it
		c.s.told(agent.ChangePIN{}, nil)
		refused := cared(1, tries(2, ""), care(func(k *agent.Care) {
			k.Refused, k.Problem = agent.PINChange, &agent.Problem{Code: failure.PINWrong, Retries: 2}
		}))
		refused.Seq = uint64(n + 1)
		c.s.show(refused)
		c.turn()
		if !c.reads(c.s.care.frame, "2 tries left. Take your time.") || c.at() != 1 {
			t.Fatalf("the %dth time: it is not asked again", n+1)
		}
	}
	c.pushed("Cancel")
	c.s.care.act(view.ChangePasscode)
	if c.reads(c.s.care.frame, "That was not the right passcode") {
		t.Error("what was tried before is told again")
	}
}

// TestSlipsSpendNoTry holds that what does not fit is told, and not sent.
func TestSlipsSpendNoTry(t *testing.T) {
	for _, k := range []struct {
		form  view.Action
		typed [3]string
		told  string
		at    int
	}{
		{view.ChangePasscode, [3]string{"123", "40718253", "40718253"}, "That is too short for a passcode. No try was used.", 1},
		{view.ChangePasscode, [3]string{"739146", "4071", "4071"}, "A new passcode has 6 to 8 digits.", 2},
		{view.ChangePasscode, [3]string{"739146", "40718a53", "40718a53"}, "A new passcode has 6 to 8 digits.", 2},
		{view.ChangePasscode, [3]string{"739146", "739146", "739146"}, "That is the one you have now. Choose another one.", 2},
		{view.ChangePasscode, [3]string{"739146", "40718253", "40718252"}, "The two were not the same. Type the new passcode again.", 2},
		{view.UnlockCard, [3]string{"1234567", "40718253", "40718253"}, "A PUK has 8 digits. No try was used.", 1},
	} {
		c := lookAtCard(t, cared(1), view.ShowCare)
		c.s.care.act(k.form)
		for _, text := range k.typed {
			c.typing(text)
			c.press(fyne.KeyTab)
			c.turn()
		}
		c.s.care.act(view.SubmitCare)
		c.wantPINs("")
		if !c.reads(c.s.care.frame, k.told) || c.at() != k.at {
			t.Errorf("%v: at field %d, shows %q", k.typed, c.at(), readable(c.s.care.frame.root))
		}
		if c.s.care.fields[k.at-1].Len() != 0 {
			t.Errorf("%v: what does not fit is left in its field", k.typed)
		}
		c.typing("9")
		if c.reads(c.s.care.frame, k.told) {
			t.Errorf("%v: it is still told while it is typed anew", k.typed)
		}
	}
}

func TestUnlockFromTheWindowThatTellsOfIt(t *testing.T) {
	locked := cared(1, stuck)
	c := lookAtCard(t, locked, view.UnlockCard)
	if c.at() != 1 || c.s.prompt.frame.shown {
		t.Fatal("the PUK is not asked for, or two windows ask")
	}
	c.press(fyne.KeyEscape)
	if c.s.care.frame.shown || !c.s.prompt.frame.shown {
		t.Fatal("closed, the window leaves nobody who says that the card is locked")
	}
	c.s.act(view.UnlockCard)
	for _, text := range []string{"12345678", "407182", "407182"} {
		c.typing(text)
		c.press(fyne.KeyEnter)
	}
	c.wantPINs("unblock 1 12345678 407182")
	done := cared(1, care(func(k *agent.Care) { k.Done = agent.CardUnblock }), func(s *agent.Snapshot) {
		s.Phase, s.PINWanted, s.UID, s.Role = agent.NeedPIN, true, "", nil
	})
	c.s.show(done)
	if c.s.care.frame.shown || !c.s.prompt.frame.shown || !c.reads(c.s.prompt.frame, "Your card is unlocked") {
		t.Error("the question for the new passcode does not come")
	}
}

// TestNothingTypedOutlivesItsReason holds that the octets die with Escape, with
// the insertion, when the window is hidden and when it is left.
func TestNothingTypedOutlivesItsReason(t *testing.T) {
	for name, away := range map[string]func(c *carer){
		"Escape":         func(c *carer) { c.press(fyne.KeyEscape) },
		"Cancel":         func(c *carer) { c.pushed("Cancel") },
		"card out":       func(c *carer) { c.s.show(agent.Snapshot{Phase: agent.NoCard}) },
		"another card":   func(c *carer) { c.s.show(cared(2)) },
		"closed":         func(c *carer) { c.s.care.close() },
		"window left":    func(c *carer) { c.canvas().Focused().FocusLost(); c.turn() },
		"opened anew":    func(c *carer) { c.s.act(view.ShowCare) },
		"the other form": func(c *carer) { c.s.care.act(view.UnlockCard) },
		"cannot any more": func(c *carer) {
			c.s.show(cared(1, care(func(k *agent.Care) { k.CanChange = false })))
		},
	} {
		c := lookAtCard(t, cared(1), view.ShowCare)
		c.s.care.act(view.ChangePasscode)
		c.typing("739146")
		c.press(fyne.KeyTab)
		if c.at() != 2 || c.s.care.fields[0].Len() != 6 {
			t.Fatalf("%s: going to the next field counts as leaving the window", name)
		}
		c.press(fyne.KeyTab)
		c.typing("40718253")
		away(c)
		if name == "Escape" { // the field first, then the form
			if c.s.care.fields[2].Len() != 0 || c.s.care.fields[0].Len() == 0 {
				t.Error("Escape does not wipe its field alone")
			}
			c.press(fyne.KeyEscape)
		}
		if !c.empty() {
			t.Errorf("%s: something is left", name)
		}
		if name == "window left" && !c.reads(c.s.care.frame, "What you typed was wiped") {
			t.Error("nobody says why the fields are empty")
		}
		c.wantPINs("")
	}
}

func TestRefusedFormCanBeSentAgain(t *testing.T) {
	c := lookAtCard(t, cared(1), view.ShowCare)
	c.s.care.act(view.ChangePasscode)
	for range 2 {
		for _, text := range []string{"739146", "40718253", "40718253"} {
			c.typing(text)
			c.press(fyne.KeyReturn)
		}
		c.wantPINs("change 1 739146 40718253")
		c.s.told(agent.ChangePIN{}, errors.New("the card is being read"))
		c.turn()
		if c.s.care.busy() || c.at() != 1 {
			t.Fatal("the form waits for ever")
		}
	}
}

// TestFormsLeftAreWiped holds that what the agent never took is wiped.
func TestFormsLeftAreWiped(t *testing.T) {
	var pins []*card.PIN
	pin := func() *card.PIN {
		p := card.CopyPIN([]byte("739146"))
		pins = append(pins, p)
		return p
	}
	r := newRequests()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.put(agent.ChangePIN{Gen: 1, Old: pin(), New: pin()})
	r.put(agent.Unblock{Gen: 1, PUK: pin(), New: pin()})
	octets := pins[0].Octets()
	r.wipe()
	r.run(ctx, watcher{}, func(agent.Request, error) {})
	for i, p := range pins {
		if p.Len() != 0 {
			t.Errorf("the %dth is left", i+1)
		}
	}
	if !bytes.Equal(octets, make([]byte, len(octets))) {
		t.Error("the octets are left")
	}
}

var _ desktop.Keyable = (*widget.PIN)(nil) // so that Shift and Caps Lock come
