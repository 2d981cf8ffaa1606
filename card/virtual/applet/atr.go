package applet

// The card's answer to reset: T=1 with blocks of 254 octets, and historical
// octets in the compact form of ISO/IEC 7816-4 clause 8 that tell what a program
// may want to know before it selects anything: the card takes command chaining
// and extended lengths (73), and the application in it is PIV (F9). OpenSC knows
// the card by the latter. It claims to be no maker's card.
var historical = [...]byte{
	0x80,
	0x73, 0xC0, 0x21, 0xC0,
	0xF9, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00,
}

// ATR returns the answer to reset.
func (c *Card) ATR() []byte {
	atr := []byte{0x3B, 0x80 | byte(len(historical)), 0x81, 0x31, 0xFE, 0x45}
	atr = append(atr, historical[:]...)
	var check byte // exclusive or over all but the first octet
	for _, b := range atr[1:] {
		check ^= b
	}
	return append(atr, check)
}
