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

// firstProtocol reads from an answer to reset which protocol a card offers
// first: the low half of TD1, and T=0 where there is none.
func firstProtocol(atr []byte) uint32 {
	if len(atr) < 2 || atr[1]&0x80 == 0 {
		return protocolT0
	}
	td1 := 2
	for bit := byte(0x10); bit < 0x80; bit <<= 1 { // TA1, TB1, TC1 stand before it
		if atr[1]&bit != 0 {
			td1++
		}
	}
	if td1 < len(atr) && atr[td1]&0x0F == 1 {
		return protocolT1
	}
	return protocolT0
}
