package pcscd

// A Card answers commands. Its methods are called by one goroutine at a time.
type Card interface {
	// ATR returns the answer to reset, at most 33 octets.
	ATR() []byte
	// Transmit answers a command. An error is a failed exchange: the client
	// sees SCARD_E_NOT_TRANSACTED.
	Transmit(apdu []byte) ([]byte, error)
}

// A Resetter is a [Card] that is told of a reset and of losing power.
type Resetter interface{ Reset() }

// Dummy is a card with an answer to reset and one answer to everything.
type Dummy struct {
	Answer  []byte // to every command; nil is 90 00
	History []byte // the answer to reset; nil is 3B 80 80 01 01
}

// ATR returns the answer to reset.
func (d Dummy) ATR() []byte {
	if d.History == nil {
		return []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	}
	return d.History
}

// Transmit answers.
func (d Dummy) Transmit([]byte) ([]byte, error) {
	if d.Answer == nil {
		return []byte{0x90, 0x00}, nil
	}
	return d.Answer, nil
}
