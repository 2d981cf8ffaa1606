package pcscd

import (
	"fmt"
	"io"
)

// transmit passes a command to the card. The daemon's lock is not held while
// the card works: cards are pulled then.
func (c *client) transmit(body []byte, f Fault) error {
	var m transmitMsg
	if err := decode(body, &m); err != nil {
		return err
	}
	apdu, err := c.data(m.SendLength)
	if err != nil {
		return err
	}
	answer := c.exchange(&m, apdu, f)
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	if m.RV == Success && uint32(len(answer)) > m.RecvLength {
		m.RV = InsufficientBuffer
	}
	m.RecvLength = uint32(len(answer))
	c.write(encode(m))
	if m.RV == Success {
		c.write(answer)
	}
	return nil
}

// exchange sets the return value and returns the card's answer.
func (c *client) exchange(m *transmitMsg, apdu []byte, f Fault) []byte {
	code := f.Code
	if f.Lost {
		f.Code = Success
	}
	c.d.mu.Lock()
	h := c.ready(m.Handle, f, &m.RV)
	if h == nil {
		c.d.mu.Unlock()
		return nil
	}
	r, card, counter, seen := h.reader, h.reader.card, h.reader.counter, c.d.onTransmit
	c.d.mu.Unlock()
	if card == nil {
		m.RV = NoSmartcard
		return nil
	}
	if seen != nil {
		seen(r.name, apdu)
	}
	r.exchange.Lock()
	answer, err := card.Transmit(apdu)
	r.exchange.Unlock()

	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	r.telling()
	switch {
	case f.Lost:
		m.RV = code
	case err != nil, h.gone, r.counter != counter:
		// Pulled while it worked: the exchange failed.
		m.RV = NotTransacted
	default:
		return answer
	}
	return nil
}

// data reads what follows a request.
func (c *client) data(n uint32) ([]byte, error) {
	if n > maxTransfer {
		return nil, fmt.Errorf("pcscd: %d octets are more than a command has", n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(c.conn, b); err != nil {
		return nil, fmt.Errorf("pcscd: %w", err)
	}
	return b, nil
}
