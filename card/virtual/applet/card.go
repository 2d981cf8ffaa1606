package applet

import (
	"context"
	"log/slog"
	"sync"

	"lanyard/card/apdu"
)

// The instructions of the applet (NIST SP 800-73-4 part 2, table 1).
const (
	insVerify          = 0x20
	insChangeReference = 0x24
	insResetRetry      = 0x2C
	insAuthenticate    = 0x87
	insSelect          = 0xA4
	insGetResponse     = 0xC0
	insGetData         = 0xCB
)

// Class octets: inter-industry, without secure messaging, on channel 0.
const (
	claPlain    = 0x00
	claChaining = 0x10
)

// maxChain bounds what a chain of commands may bring, in octets. The longest
// there is, a block for RSA 4096, has 532.
const maxChain = 1024

// Options of a card. The zero value is a plain PIV card.
type Options struct {
	// Log gets what the card's holder cannot be told by a status word: why the
	// backend failed. Nil is silence.
	Log *slog.Logger
	// Yubico also answers the instructions by which Yubico's PKCS#11 module
	// finds its way (version, serial number, metadata).
	Yubico bool
}

// Card is a PIV card in software. It is safe for concurrent use: as at a real
// card's contacts, one command is answered after the other.
type Card struct {
	mu     sync.Mutex
	b      Backend
	log    *slog.Logger
	yubico bool

	selected bool // the PIV application is the current one
	verified bool // the PIN was accepted
	fresh    bool // and by the very command before this one
	chain    chain
	pending  []byte // the part of the last answer still to be fetched
}

// chain is a command that comes in pieces.
type chain struct {
	on       bool
	p1, p2   byte
	received []byte
}

// New returns a card that is in no reader yet.
func New(b Backend, o Options) *Card {
	c := &Card{b: b, log: o.Log, yubico: o.Yubico}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c
}

// PowerOn is the reader giving the card power.
func (c *Card) PowerOn() { c.Reset() }

// PowerOff is the reader taking the power away: all state goes.
func (c *Card) PowerOff() { c.Reset() }

// Reset is a warm reset: no application is selected and no PIN verified after it.
func (c *Card) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.selected = false
	c.forget()
	c.dropPIN()
}

// Transmit answers one command. What cannot be read is answered, too: the error
// is only that of a context that has ended. The command stays the caller's, who
// wipes it where it held a PIN.
func (c *Card) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	cmd, err := apdu.Parse(command)
	if err != nil {
		c.forget()
		c.fresh = false
		return apdu.WrongLength.Append(nil), nil
	}
	return c.answer(cmd), nil
}

func (c *Card) answer(cmd apdu.Command) []byte {
	if s := class(cmd); s != apdu.OK {
		c.forget()
		c.fresh = false
		return s.Append(nil)
	}
	if cmd.INS != insVerify && cmd.INS != insAuthenticate {
		c.fresh = false // the PIN is wanted directly before the signature
	}
	if cmd.INS == insGetResponse && cmd.CLA == claPlain {
		return c.respond(c.pending, cmd.Ne)
	}
	clear(c.pending)
	c.pending = nil
	cmd, s, whole := c.assemble(cmd)
	if !whole {
		return s.Append(nil)
	}
	data, s := c.dispatch(cmd)
	c.forgetChain()
	if s != apdu.OK || len(data) == 0 {
		return s.Append(nil)
	}
	if cmd.INS == insSelect && cmd.Ne == 0 {
		cmd.Ne = apdu.MaxShortNe // as cards do: Yubico's module asks for nothing and expects it
	}
	return c.respond(data, cmd.Ne)
}

// class tells what is wrong with a command's class octet.
func class(cmd apdu.Command) apdu.Status {
	switch {
	case cmd.CLA == claPlain, cmd.CLA == claChaining:
		return apdu.OK
	case cmd.CLA&0xE0 != 0:
		return apdu.UnknownClass
	case cmd.CLA&0x0C != 0:
		return apdu.NoSecureMessaging
	default:
		return apdu.NoChannel
	}
}

// assemble puts a chained command together. Only GENERAL AUTHENTICATE comes in
// pieces here; whole is false until the last of them came.
func (c *Card) assemble(cmd apdu.Command) (_ apdu.Command, s apdu.Status, whole bool) {
	if c.chain.on && (cmd.INS != insAuthenticate || cmd.P1 != c.chain.p1 || cmd.P2 != c.chain.p2) {
		c.forgetChain() // another command breaks the chain
	}
	if cmd.CLA == claPlain && !c.chain.on {
		return cmd, apdu.OK, true
	}
	if cmd.INS != insAuthenticate {
		return cmd, apdu.NoChaining, false
	}
	if len(c.chain.received)+len(cmd.Data) > maxChain {
		c.forgetChain()
		return cmd, apdu.WrongLength, false
	}
	c.chain.on, c.chain.p1, c.chain.p2 = true, cmd.P1, cmd.P2
	c.chain.received = append(c.chain.received, cmd.Data...)
	if cmd.CLA == claChaining {
		return cmd, apdu.OK, false
	}
	cmd.Data = c.chain.received
	return cmd, apdu.OK, true
}

func (c *Card) dispatch(cmd apdu.Command) ([]byte, apdu.Status) {
	if cmd.INS == insSelect {
		return c.selectApplication(cmd)
	}
	if !c.selected {
		return nil, apdu.UnknownInstruction
	}
	switch cmd.INS {
	case insGetData:
		return c.getData(cmd)
	case insVerify:
		return nil, c.verify(cmd)
	case insChangeReference:
		return nil, c.changeReference(cmd)
	case insResetRetry:
		return nil, c.resetRetry(cmd)
	case insAuthenticate:
		return c.authenticate(cmd)
	}
	if c.yubico {
		return c.dispatchYubico(cmd)
	}
	return nil, apdu.UnknownInstruction
}

// respond answers with as much as was asked for and keeps the rest.
func (c *Card) respond(data []byte, ne int) []byte {
	if len(data) == 0 {
		return apdu.ConditionsOfUse.Append(nil) // nothing waits
	}
	n := min(len(data), ne)
	c.pending = data[n:]
	if len(c.pending) > 0 {
		return apdu.More(len(c.pending)).Append(data[:n:n])
	}
	c.pending = nil
	return apdu.OK.Append(data[:n:n])
}

func (c *Card) forget() {
	clear(c.pending)
	c.pending = nil
	c.forgetChain()
}

func (c *Card) forgetChain() {
	clear(c.chain.received)
	c.chain = chain{}
}
