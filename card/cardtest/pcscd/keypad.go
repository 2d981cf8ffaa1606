package pcscd

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// The control codes of the look-alike's reader. The first one is every
// reader's; the others are its own choice, which it tells.
const (
	codeFeatures   = 0x42000000 + 3400
	codeVerify     = 0x42330006
	codeProperties = 0x42330012
)

// What a reader with keys says by itself, in place of a card that was sent
// nothing (PC/SC v2 part 10, 2.5).
const (
	NobodyTyped   uint16 = 0x6400
	CancelKey     uint16 = 0x6401
	WrongLength   uint16 = 0x6403
	NotUnderstood uint16 = 0x6B80
)

// Keypad is a reader's own keys and the person at them.
type Keypad struct {
	// Features replaces the list of what the reader can; nil is the true one.
	Features []byte
	// Properties is the answer about its properties; nil is a reader that
	// does not know the question.
	Properties []byte

	mu     sync.Mutex
	next   []Entry
	orders [][]byte
}

// Entry is what happens at the keys while the reader waits.
type Entry struct {
	// Do is called first, outside of every lock: to pull the card, to wait.
	Do func()
	// Digits are typed and ended with the reader's own key for it.
	Digits string
	// Status is what the reader says by itself where no digits are typed.
	Status uint16
	// Code is the return value the client gets in place of an answer.
	Code uint32
	// Lost lets the card have the PIN before Code is returned.
	Lost bool
}

// Then appends what happens at the keys when the reader waits next. Where there
// is nothing more, nobody types.
func (k *Keypad) Then(e ...Entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = append(k.next, e...)
}

// Orders returns what the reader was told so far, each time that it waited.
func (k *Keypad) Orders() [][]byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([][]byte(nil), k.orders...)
}

func (k *Keypad) wait(order []byte) Entry {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.orders = append(k.orders, order)
	if len(k.next) == 0 {
		return Entry{Status: NobodyTyped}
	}
	e := k.next[0]
	k.next = k.next[1:]
	return e
}

// SetKeypad gives a reader keys of its own.
func (d *Daemon) SetKeypad(name string, k *Keypad) error {
	return d.change(name, func(r *reader) error {
		r.keypad = k
		return nil
	})
}

// control is what the reader's driver does without the card, and with it.
func (c *client) control(body []byte, f Fault) error {
	var m controlMsg
	if err := decode(body, &m); err != nil {
		return err
	}
	in, err := c.data(m.SendLength)
	if err != nil {
		return err
	}
	answer := c.drive(&m, in, f)
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	if m.RV == Success && uint32(len(answer)) > m.RecvLength {
		m.RV = InsufficientBuffer
	}
	m.Returned = 0
	if m.RV != Success {
		c.write(encode(m))
		return nil
	}
	m.Returned = uint32(len(answer))
	c.write(encode(m))
	c.write(answer)
	return nil
}

// drive sets the return value and returns the driver's answer.
func (c *client) drive(m *controlMsg, in []byte, f Fault) []byte {
	c.d.mu.Lock()
	h := c.ready(m.Handle, f, &m.RV)
	if h == nil {
		c.d.mu.Unlock()
		return nil
	}
	k := h.reader.keypad
	c.d.mu.Unlock()
	switch {
	case k == nil:
	case m.Code == codeFeatures:
		return k.features()
	case m.Code == codeProperties && k.Properties != nil:
		return k.Properties
	case m.Code == codeVerify:
		return c.keyed(m, h, k, in)
	}
	m.RV = UnsupportedFeature
	return nil
}

func (k *Keypad) features() []byte {
	if k.Features != nil {
		return k.Features
	}
	list := []byte{0x06, 4}
	list = binary.BigEndian.AppendUint32(list, codeVerify)
	if k.Properties != nil {
		list = binary.BigEndian.AppendUint32(append(list, 0x12, 4), codeProperties)
	}
	return list
}

// keyed waits for the keys and sends the card what was typed. Nothing else
// reaches the reader meanwhile but hands, which pull the card.
func (c *client) keyed(m *controlMsg, h *handle, k *Keypad, in []byte) []byte {
	c.d.mu.Lock()
	r, card, counter := h.reader, h.reader.card, h.reader.counter
	c.d.mu.Unlock()
	o, err := parseOrder(in)
	if err != nil {
		return status(NotUnderstood)
	}
	e := k.wait(in)
	if e.Do != nil {
		e.Do()
	}
	c.d.mu.Lock()
	gone, seen := h.gone || card == nil || r.counter != counter, c.d.onTransmit
	c.d.mu.Unlock()
	switch {
	case gone:
		m.RV = NotTransacted
		return nil
	case e.Code != Success && !e.Lost:
		m.RV = e.Code
		return nil
	case e.Digits == "":
		return status(e.Status)
	case len(e.Digits) < o.least, len(e.Digits) > o.most:
		return status(WrongLength)
	}
	command := o.command(e.Digits)
	if seen != nil {
		seen(r.name, command)
	}
	r.exchange.Lock()
	answer, err := card.Transmit(command)
	r.exchange.Unlock()
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	r.telling()
	switch {
	case e.Lost:
		m.RV = e.Code
	case err != nil, h.gone, r.counter != counter:
		m.RV = NotTransacted
	default:
		return answer
	}
	return nil
}

func status(s uint16) []byte { return binary.BigEndian.AppendUint16(nil, s) }

// order is what a reader is told about a PIN: a PIN_VERIFY structure of ASCII
// digits in a block that has its padding already.
type order struct {
	least, most int
	block       int
	template    []byte
}

// parseOrder understands what the look-alike's reader does, and no more.
func parseOrder(in []byte) (order, error) {
	const size = 19
	if len(in) <= size+5 {
		return order{}, fmt.Errorf("pcscd: order of %d octets", len(in))
	}
	o := order{most: int(in[5]), least: int(in[6]), block: int(in[3] & 0x0F), template: in[size:]}
	switch {
	case in[2] != 0x82, in[3]&0xF0 != 0, in[4] != 0, in[7] != 0x02:
		return order{}, fmt.Errorf("pcscd: order %X", in[:size])
	case int(binary.LittleEndian.Uint32(in[15:])) != len(o.template):
		return order{}, fmt.Errorf("pcscd: order for a command of another length")
	case o.least > o.most, o.most > o.block, o.block != len(o.template)-5:
		return order{}, fmt.Errorf("pcscd: order for %d to %d digits in %d octets", o.least, o.most, o.block)
	}
	return o, nil
}

// command puts digits into the command.
func (o order) command(digits string) []byte {
	c := append([]byte(nil), o.template...)
	copy(c[5:], digits)
	return c
}
