package desk

import (
	"context"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/localapi"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/fault"
	"lanyard/test/realmtest"
)

const readerName = "Lanyard Test Reader 00 00"

// The people whose cards are put in, all of the demo's directory but one.
const (
	grace  broker.UID = "900000000017" // three roles
	anwen  broker.UID = "900000000081" // one role: no question
	niamh  broker.UID = "900000000057" // no role
	nobody broker.UID = "900000999999" // unknown to the server
)

// Titles of windows.
const (
	asks  = "^Passcode - Lanyard$"
	roles = "^Which role are you working in"
	desk  = "^Lanyard$"
)

// setting says how an agent is set up.
type setting struct {
	mode string   // empty: normal
	args []string // more flags
}

// station is the agent at work on a rig: a real server, a real PC/SC client
// with a look-alike of its service, windows.
type station struct {
	*rig
	icon
	agent   *exec.Cmd
	args    []string // of the agent
	realm   *realmtest.Realm
	readers *pcscd.Daemon
	socket  string
	sent    *atomic.Int32 // passcodes that the card was given
}

// newStation starts the agent and waits until the desk is ready.
func newStation(r *rig, s setting) *station {
	r.t.Helper()
	t := r.t
	st := &station{rig: r, sent: new(atomic.Int32), realm: realmtest.Start(t, realmtest.Options{}), socket: filepath.Join(r.home, "agent.sock")}
	service := filepath.Join(r.home, "pcscd.comm")
	var err error
	if st.readers, err = pcscd.Start(service); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.readers.Stop)
	st.readers.OnTransmit(func(_ string, apdu []byte) {
		if len(apdu) > 5 && apdu[1] == 0x20 {
			st.sent.Add(1)
		}
	})
	st.plug()
	if s.mode == "" {
		s.mode = "normal"
	}
	file := r.write("agent.toml", fmt.Sprintf("environment = \"local\"\nmode = %q\n[profiles.local]\nserver = %q\nanchors = [%q]\nproxy = \"direct\"\nvirtual_cards = true\n",
		s.mode, st.realm.Base, st.realm.Anchor))
	r.env = append(r.env, pcscd.SocketEnv+"="+service)
	st.args = append([]string{"agent", "--config", file, "--socket", st.socket, "--log", "warn"}, s.args...)
	st.begin()
	return st
}

// begin starts the agent and waits until the desk is ready.
func (s *station) begin() {
	s.rig.t.Helper()
	s.agent = s.start(program(s.rig.t), s.args...)
	s.icon = s.rig.icon(s.agent.Process.Pid)
	s.phase("no-card")
}

// on is the same station for a test within a test.
func (s *station) on(t *testing.T) *station {
	r := *s.rig
	r.t = t
	i := s.icon
	i.r = &r
	return &station{rig: &r, icon: i, agent: s.agent, realm: s.realm, readers: s.readers, socket: s.socket, sent: s.sent}
}

// plug connects the reader.
func (s *station) plug() {
	s.rig.t.Helper()
	s.must(s.readers.AddReader(readerName))
}

func (s *station) must(err error) {
	s.rig.t.Helper()
	if err != nil {
		s.rig.t.Fatal(err)
	}
}

// state asks the agent as an application does.
func (s *station) state() localapi.State {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := localapi.Dial(ctx, s.socket)
	if err != nil {
		return localapi.State{}
	}
	defer func() { _ = c.Close() }()
	state, err := c.State(ctx)
	if err != nil {
		return localapi.State{}
	}
	return state
}

// phase waits until the desk is at a phase.
func (s *station) phase(name string) {
	s.rig.t.Helper()
	s.until("phase "+name, func() bool { return s.state().Phase == name })
}

// problem waits until something is wrong in a certain way.
func (s *station) problem(code string) {
	s.rig.t.Helper()
	s.until("problem "+code, func() bool {
		p := s.state().Problem
		return p != nil && string(p.Code) == code
	})
}

// person is a card of somebody.
type person struct {
	s    *station
	card *virtual.Card
}

// card makes a card of somebody.
func (s *station) card(uid broker.UID, name string) person {
	s.rig.t.Helper()
	return s.cardUntil(uid, name, time.Time{})
}

// cardUntil makes one that ends at a time; zero is in two years.
func (s *station) cardUntil(uid broker.UID, name string, end time.Time) person {
	s.rig.t.Helper()
	t := s.rig.t
	dir := filepath.Join(s.home, "cards")
	s.realm.CardUntil(t, dir, name, uid, end)
	c, err := virtual.Open(t.Context(), filepath.Join(dir, name+".card"), s.realm.Device)
	s.must(err)
	t.Cleanup(func() { _ = c.Close() })
	return person{s, c}
}

var silent = slog.New(slog.DiscardHandler)

// in puts the card in; the script makes it misbehave.
func (p person) in(script string) {
	p.s.rig.t.Helper()
	faults, err := fault.Parse([]byte(script))
	p.s.must(err)
	chip := applet.New(virtual.NewPIV(p.card, false, silent), applet.Options{})
	p.s.must(p.s.readers.Insert(readerName, pcscd.FromChip(p.s.rig.t.Context(), fault.NewPlayer(faults).Chip(chip))))
}

// out takes the card out that is in.
func (s *station) out() {
	s.rig.t.Helper()
	s.must(s.readers.Remove(readerName))
}

// empty takes the card out and waits for the desk to be at rest.
func (s *station) empty() {
	s.rig.t.Helper()
	s.out()
	s.until("an empty desk", func() bool {
		state := s.state()
		return state.Phase == "no-card" && state.Card == nil && state.User == nil
	})
	s.until("no window that asks", func() bool {
		return !s.sees(asks) && !s.sees(roles) && !s.sees("card|account|server")
	})
}

// asksAgain waits until a passcode can be typed, also after one that was wrong:
// while the card is at work, the field takes nothing.
func (s *station) asksAgain() {
	s.rig.t.Helper()
	s.until("the question for the passcode", func() bool { return s.state().PINWanted })
	s.window(asks)
	s.calm(s.active(), long)
}

// submit presses Enter at the question for the passcode.
func (s *station) submit() {
	s.rig.t.Helper()
	before := s.sent.Load()
	s.enter(func() bool { return s.sent.Load() > before })
}

// signOn puts a card in, types, and takes the first role if one is asked for.
func (s *station) signOn(p person) {
	s.rig.t.Helper()
	p.in("")
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.until("the end of the sign-on", func() bool {
		phase := s.state().Phase
		if phase == "choosing-role" && s.sees(roles) {
			s.window(roles)
			s.press("Return")
		}
		return phase == "signed-on"
	})
}

// wrong is a passcode of the same length that is not the cards'.
func wrong() string {
	pin := []byte(realmtest.PIN())
	n, _ := strconv.Atoi(string(pin[0]))
	pin[0] = byte('0' + (n+1)%10)
	return string(pin)
}
