package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
	"lanyard/card/virtual/reader"
)

// ownSocket is where PC/SC in this process looks for the reader service: it
// reads the path once, so that a test puts a link to its own there.
var ownSocket string

func TestMain(m *testing.M) {
	Main()
	reader.Main()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if module := os.Getenv(orphanEnv); module != "" {
		return beParent(module)
	}
	dir, err := os.MkdirTemp("", "p11")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ownSocket = filepath.Join(dir, "comm")
	if err := os.Setenv(pcscd.SocketEnv, ownSocket); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if code := m.Run(); code != 0 {
		return code
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// orphanEnv makes this test binary a parent that is going to be killed.
const orphanEnv = "PKCS11_TEST_PARENT_OF"

// beParent starts a module's process, tells its number and waits to be killed.
func beParent(module string) int {
	o, err := NewOpener(Config{Module: module, Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		_, err = o.OpenToken(context.Background(), Match{Label: "none"})
	}
	if !errors.Is(err, card.ErrUnsupported) {
		fmt.Println(err)
		return 1
	}
	fmt.Println(o.hosts[0].p.cmd.Process.Pid)
	select {}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// installed returns the path of a module that must be there.
func installed(tb testing.TB, name string) string {
	tb.Helper()
	for _, m := range Known() {
		if m.Name == name {
			paths, err := find([]Module{m})
			must(tb, err)
			return paths[0]
		}
	}
	tb.Fatalf("no module is called %q", name)
	return ""
}

// newOpener returns an opener that is closed with the test.
func newOpener(tb testing.TB, c Config) *Opener {
	tb.Helper()
	c.Log = slog.New(slog.DiscardHandler)
	o, err := NewOpener(c)
	must(tb, err)
	tb.Cleanup(func() { must(tb, o.Close()) })
	return o
}

// theReader is a name whose cut to 64 octets goes through a character.
const theReader = "Считыватель смарт-карт на столе, 00 00"

// table is a reader on a look-alike of pcscd. Each has a socket of its own,
// which only the modules' processes know.
type table struct {
	*pcscd.Daemon
	socket string
	reader string
}

func newTable(tb testing.TB, reader string) *table {
	tb.Helper()
	dir, err := os.MkdirTemp("", "p11") // a socket's path must be short
	must(tb, err)
	tb.Cleanup(func() { must(tb, os.RemoveAll(dir)) })
	t := &table{socket: filepath.Join(dir, "comm"), reader: reader}
	t.Daemon, err = pcscd.Start(t.socket)
	must(tb, err)
	tb.Cleanup(t.Stop)
	must(tb, t.AddReader(reader))
	return t
}

// config is for a module's process that sees this table. The PIN state is
// dropped by a reset, as another program would make it.
func (t *table) config(module string) Config {
	return Config{
		Module: module,
		Env:    []string{pcscd.SocketEnv + "=" + t.socket},
		Drop: func(_ context.Context, r card.ReaderID) error {
			return t.Reset(string(r))
		},
	}
}

// open opens the card in the reader.
func (t *table) open(tb testing.TB, o *Opener) card.Token {
	tb.Helper()
	tok, err := o.Open(tb.Context(), card.Event{Kind: card.Inserted, Reader: card.ReaderID(t.reader), Gen: 1})
	must(tb, err)
	return tok
}

// plastic is a PIV card in a look-alike's reader, which counts what is done
// with its PIN.
type plastic struct {
	*applettest.Backend
	applet *applet.Card
	full   bool // answers a command that asks for no answer with all of it

	mu   sync.Mutex
	seen seen
}

// seen is what a card saw of its PIN.
type seen struct {
	Up                bool // whether the PIN state is up
	Accepted, Refused int
}

// pin returns what the card saw of its PIN so far.
func (p *plastic) pin() seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

func newPlastic(tb testing.TB, kind applettest.Kind) *plastic {
	tb.Helper()
	p := &plastic{Backend: applettest.New(tb, kind)}
	p.applet = applet.New(p, applet.Options{})
	return p
}

// yubico makes it answer as a card of that maker.
func (p *plastic) yubico() *plastic {
	p.full = true
	p.applet = applet.New(p, applet.Options{Yubico: true})
	return p
}

// VerifyPIN counts.
func (p *plastic) VerifyPIN(pin []byte) (bool, int, error) {
	ok, left, err := p.Backend.VerifyPIN(pin)
	p.note(ok)
	return ok, left, err
}

// ChangePIN counts.
func (p *plastic) ChangePIN(old, new []byte) (bool, int, error) {
	ok, left, err := p.Backend.ChangePIN(old, new)
	p.note(ok)
	return ok, left, err
}

func (p *plastic) note(ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.Up = ok
	if ok {
		p.seen.Accepted++
	} else {
		p.seen.Refused++
	}
}

// Lock notes that the PIN state was dropped.
func (p *plastic) Lock() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.Up = false
	p.Backend.Lock()
}

// ATR implements [pcscd.Card].
func (p *plastic) ATR() []byte { return p.applet.ATR() }

// Transmit implements [pcscd.Card].
func (p *plastic) Transmit(apdu []byte) ([]byte, error) {
	if p.full && len(apdu) > 5 && len(apdu) == 5+int(apdu[4]) {
		apdu = append(slices.Clip(apdu), 0) // as if it had an Le
	}
	return p.applet.Transmit(context.Background(), apdu)
}

// Reset implements [pcscd.Resetter].
func (p *plastic) Reset() { p.applet.Reset() }

var keys = map[string]applettest.Kind{
	"RSA":   applettest.Once(applettest.RSA(2048)),
	"P-256": applettest.P256,
}

// stand is a table whose cards are all opened by one process of a module, one
// after the other, as at a desk.
type stand struct {
	*table
	o *Opener
	p *plastic // in the reader
}

func newStand(t *testing.T, module, reader string, counts bool) *stand {
	t.Helper()
	s := &stand{table: newTable(t, reader)}
	c := s.config(module)
	if counts {
		c.Counter = func(context.Context, card.ReaderID) (int, error) { return s.p.Retries(), nil }
	}
	s.o = newOpener(t, c)
	return s
}

// subject puts a fresh card in and opens it.
func (s *stand) subject(t *testing.T, p *plastic) *cardtest.Subject {
	t.Helper()
	s.p = p
	must(t, s.Insert(s.reader, p))
	t.Cleanup(func() { _ = s.Remove(s.reader) }) // a test may have done it
	return &cardtest.Subject{
		Token: s.open(t, s.o), PIN: applettest.PIN, PUK: applettest.PUK, Tries: applettest.Tries,
		Remove:   func() { must(t, s.Remove(s.reader)) },
		Verified: func() bool { return p.pin().Up },
		ChangeBehind: func(new string) error {
			_, _, err := p.Backend.ChangePIN([]byte(applettest.PIN), []byte(new))
			return err
		},
	}
}
