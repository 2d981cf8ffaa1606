package pcsc

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ebfe/scard"
)

// scenario plays PC/SC calls and writes one line for each.
type scenario struct {
	stand stand
	out   io.Writer
	slot  string
	state scard.StateFlag
	err   error
}

var plainATR = []byte{0x3B, 0x80, 0x80, 0x01, 0x01}

// say writes what a call returned.
func (s *scenario) say(step string, err error, more ...any) {
	var code scard.Error
	errors.As(err, &code)
	_, _ = fmt.Fprintln(s.out, strings.TrimSpace(fmt.Sprintf("%s: 0x%08X %s", step, uint32(code), fmt.Sprint(more...))))
}

// must notes a failure of the stand.
func (s *scenario) must(err error) { s.err = errors.Join(s.err, err) }

func (s *scenario) play() error {
	c, err := scard.EstablishContext()
	if err != nil {
		return err
	}
	s.empty(c)
	s.inserted(c)
	s.connections(c)
	s.transactions(c)
	s.resets(c)
	s.removal(c)
	s.reinsertion(c)
	s.end(c)
	return s.err
}

// wait waits for the next state of the slot that is not in between.
func (s *scenario) wait(c *scard.Context, step string, until scard.StateFlag) {
	for {
		states := []scard.ReaderState{{Reader: s.slot, CurrentState: s.state}, {Reader: pnp, CurrentState: 2 << counterShift}}
		err := c.GetStatusChange(states, 5*time.Second)
		if err != nil {
			s.say(step, err)
			return
		}
		s.state = states[0].EventState &^ scard.StateChanged
		if s.state&until == until {
			s.say(step, nil, fmt.Sprintf("0x%X % X", s.state, states[0].Atr))
			return
		}
	}
}

func (s *scenario) empty(c *scard.Context) {
	names, err := c.ListReaders()
	s.say("list", err, strings.Join(names, ", "))
	s.wait(c, "state of an empty slot", scard.StateEmpty)
	_, err = c.Connect(s.slot, scard.ShareShared, scard.ProtocolAny)
	s.say("connect to an empty slot", err)
	_, err = c.Connect("nobody", scard.ShareShared, scard.ProtocolAny)
	s.say("connect to an unknown reader", err)
	_, err = c.Connect(strings.Repeat("x", 200), scard.ShareShared, scard.ProtocolAny)
	s.say("connect to a name too long", err)
	err = c.GetStatusChange([]scard.ReaderState{{Reader: "nobody"}}, 0)
	s.say("wait for an unknown reader", err)
	err = c.GetStatusChange([]scard.ReaderState{{Reader: s.slot, CurrentState: s.state}}, 10*time.Millisecond)
	s.say("wait too short", err)
	s.say("cancel without a wait", c.Cancel())
	direct, err := c.Connect(s.slot, scard.ShareDirect, scard.ProtocolUndefined)
	s.say("connect directly to an empty slot", err)
	s.hangUp(direct)
}

// hangUp disconnects what was connected.
func (s *scenario) hangUp(h *scard.Card) {
	if h != nil {
		s.say("disconnect", h.Disconnect(scard.LeaveCard))
	}
}

func (s *scenario) inserted(c *scard.Context) {
	s.must(s.stand.insert(plainATR))
	s.wait(c, "inserted", scard.StatePresent)
	_, err := c.Connect(s.slot, scard.ShareMode(9), scard.ProtocolAny)
	s.say("connect in no mode", err)
	t0, err := c.Connect(s.slot, scard.ShareShared, scard.ProtocolT0)
	s.say("connect by T=0 to a card that speaks both", err)
	s.hangUp(t0)
	t1, err := c.Connect(s.slot, scard.ShareShared, scard.ProtocolT1)
	s.say("connect by T=1 after T=0 was chosen", err)
	s.hangUp(t1)
}

// connect connects in shared mode.
func (s *scenario) connect(c *scard.Context) *scard.Card {
	h, err := c.Connect(s.slot, scard.ShareShared, scard.ProtocolAny)
	s.say("connect", err)
	if err != nil {
		s.must(err)
		return &scard.Card{}
	}
	return h
}

func (s *scenario) transmit(step string, h *scard.Card) {
	answer, err := func() (b []byte, err error) {
		defer func() {
			if recover() != nil { // the binding's answer to no protocol
				err = scard.ErrProtoMismatch
			}
		}()
		return h.Transmit([]byte{0, 0xCA, 0, 0, 0})
	}()
	s.say(step, err, fmt.Sprintf("% X", answer))
}

func (s *scenario) status(step string, h *scard.Card) {
	st, err := h.Status()
	if err != nil {
		s.say(step, err)
		return
	}
	// Whether the card was powered down for want of use is a matter of time.
	s.say(step, nil, fmt.Sprintf("%s 0x%X % X", st.Reader, st.State>>counterShift, st.Atr))
}

func (s *scenario) connections(c *scard.Context) {
	a := s.connect(c)
	s.say("protocol", nil, a.ActiveProtocol())
	s.status("status", a)
	_, err := c.Connect(s.slot, scard.ShareExclusive, scard.ProtocolAny)
	s.say("connect exclusively beside another", err)
	b := s.connect(c)
	s.transmit("transmit", a)
	s.transmit("transmit by the other", b)
	_, err = a.GetAttrib(scard.AttrAtrString)
	s.say("attribute", err)
	s.say("disconnect", a.Disconnect(scard.LeaveCard))
	s.say("disconnect again", a.Disconnect(scard.LeaveCard))
	s.transmit("transmit when disconnected", a)
	s.say("disconnect the other", b.Disconnect(scard.LeaveCard))
	x, err := c.Connect(s.slot, scard.ShareExclusive, scard.ProtocolAny)
	s.say("connect exclusively", err)
	_, err = c.Connect(s.slot, scard.ShareShared, scard.ProtocolAny)
	s.say("connect beside an exclusive one", err)
	s.hangUp(x)
}

func (s *scenario) transactions(c *scard.Context) {
	other, err := scard.EstablishContext()
	s.must(err)
	a, b := s.connect(c), s.connect(other)
	s.say("begin", a.BeginTransaction())
	s.say("begin once more", a.BeginTransaction())
	s.transmit("transmit within", a)
	s.say("end", a.EndTransaction(scard.LeaveCard))
	done := make(chan error, 1)
	go func() { done <- b.BeginTransaction() }()
	select {
	case err := <-done:
		s.say("the other begins too early", err)
	case <-time.After(250 * time.Millisecond):
	}
	s.say("end the outer", a.EndTransaction(scard.LeaveCard))
	s.say("the other begins", <-done)
	s.say("end", b.EndTransaction(scard.LeaveCard))
	s.say("end without a begin", b.EndTransaction(scard.LeaveCard))
	// A program that goes away within a transaction leaves a reset behind.
	s.say("the other begins", b.BeginTransaction())
	s.say("release the other", other.Release())
	s.transmit("transmit after that", a)
	s.say("reconnect", a.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard))
	s.transmit("transmit", a)
	s.say("disconnect", a.Disconnect(scard.LeaveCard))
}

func (s *scenario) resets(c *scard.Context) {
	a, b := s.connect(c), s.connect(c)
	s.say("disconnect with a reset", b.Disconnect(scard.ResetCard))
	s.status("status after a reset", a)
	s.say("begin after a reset", a.BeginTransaction())
	s.transmit("transmit after a reset", a)
	s.say("end after a reset", a.EndTransaction(scard.LeaveCard))
	s.say("reconnect", a.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard))
	s.transmit("transmit", a)
	b = s.connect(c)
	s.say("begin", a.BeginTransaction())
	s.say("reconnect of the other with a reset within", s.brief(func() error {
		return a.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.ResetCard)
	}))
	s.transmit("transmit after the own reset", a)
	s.say("end", a.EndTransaction(scard.LeaveCard))
	s.transmit("transmit of the other", b)
	s.say("reconnect", b.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard))
	s.say("disconnect", b.Disconnect(scard.LeaveCard))
	s.say("disconnect", a.Disconnect(scard.LeaveCard))
}

// brief is for a call that may block for good on one stand only.
func (s *scenario) brief(f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(5 * time.Second):
		return scard.ErrTimeout
	}
}

func (s *scenario) removal(c *scard.Context) {
	a := s.connect(c)
	s.must(s.stand.remove())
	s.wait(c, "removed", scard.StateEmpty)
	s.transmit("transmit after removal", a)
	s.status("status after removal", a)
	s.say("begin after removal", a.BeginTransaction())
	s.say("reconnect after removal", a.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard))
	s.say("disconnect after removal", a.Disconnect(scard.LeaveCard))
}

func (s *scenario) reinsertion(c *scard.Context) {
	s.must(s.stand.insert(plainATR))
	s.wait(c, "inserted again", scard.StatePresent)
	a := s.connect(c)
	s.must(s.stand.remove())
	s.wait(c, "removed again", scard.StateEmpty)
	s.must(s.stand.insert(plainATR))
	s.wait(c, "inserted a third time", scard.StatePresent)
	s.transmit("transmit by an old handle", a)
	s.say("end by an old handle", a.EndTransaction(scard.LeaveCard))
	s.say("reconnect", a.Reconnect(scard.ShareShared, scard.ProtocolAny, scard.LeaveCard))
	s.transmit("transmit", a)
	s.say("disconnect", a.Disconnect(scard.LeaveCard))
	s.must(s.stand.remove())
	s.wait(c, "removed for good", scard.StateEmpty)
}

// end stops the service under a wait. What the wait itself returns depends on
// where it was: one of the codes of a service that is gone.
func (s *scenario) end(c *scard.Context) {
	done := make(chan error, 1)
	go func() {
		done <- c.GetStatusChange([]scard.ReaderState{{Reader: s.slot, CurrentState: s.state}}, forever)
	}()
	select {
	case err := <-done:
		s.say("the wait ended early", err)
	case <-time.After(200 * time.Millisecond):
	}
	s.must(s.stand.stop())
	s.gone("wait at the end of the service", <-done)
	_, err := c.ListReaders()
	s.gone("list at the end of the service", err)
	valid, err := c.IsValid()
	s.say("the context says that it is valid", err, valid)
	_, err = scard.EstablishContext()
	s.say("establish", err)
}

// gone writes what an error of a dead service means.
func (s *scenario) gone(step string, err error) {
	var code scard.Error
	if errors.As(err, &code) {
		err = meaning(code)
	}
	_, _ = fmt.Fprintf(s.out, "%s: %v\n", step, err)
}
