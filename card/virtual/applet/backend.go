package applet

// Slot names a key of the card by its PIV key reference.
type Slot byte

// The slots this applet serves (NIST SP 800-73-4 part 1, table 4b).
const (
	// SlotAuthentication is the PIV authentication key: the PIN once.
	SlotAuthentication Slot = 0x9A
	// SlotSignature is the digital signature key, which is the national cards'
	// content-commitment key: the PIN directly before every signature.
	SlotSignature Slot = 0x9C
	// SlotManagement is the key management key: the PIN once. National cards
	// have none of their own there; see [OldClients].
	SlotManagement Slot = 0x9D
)

// A Backend is the card behind the applet: who holds the keys, counts the tries
// and keeps them. PINs and PUKs come without their 0xFF padding and are views
// into the command: valid during the call only.
//
// The applet calls a Backend from one goroutine at a time and enforces itself
// when a PIN is wanted; a Backend refuses to sign all the same when no PIN was
// accepted since Lock.
//
// The three calls that take a secret tell the outcome by accepted and by the
// tries left of that secret. An error means that the card could not even find
// out or could not keep the count (a file that cannot be written): no tries are
// told then. A new PIN of a form the card does not take is card.ErrPINFormat
// and costs no try.
type Backend interface {
	// GUID identifies the card for life: the GUID of its CHUID.
	GUID() [16]byte
	// Certificate returns the DER of a slot's certificate, nil where the slot is
	// empty. Its public key tells the slot's algorithm.
	Certificate(s Slot) []byte

	// Retries returns the PIN tries left; 0 is a locked card.
	Retries() int
	// PUKRetries returns the PUK tries left.
	PUKRetries() int
	// VerifyPIN tries a PIN. Only an accepted one makes the keys usable, until Lock.
	VerifyPIN(pin []byte) (accepted bool, retries int, err error)
	// ChangePIN sets a new PIN by the old one. An accepted change leaves the
	// keys as usable as an accepted VerifyPIN does.
	ChangePIN(old, new []byte) (accepted bool, retries int, err error)
	// Unblock sets a new PIN by the PUK and resets the tries of the PIN. It
	// makes no key usable.
	Unblock(puk, new []byte) (accepted bool, retries int, err error)
	// Lock forgets that a PIN was accepted and wipes what it had opened. It is
	// called at power off, at a reset and when a program drops the PIN state.
	Lock()

	// Sign makes the private-key operation of a slot. RSA: input is the padded
	// block, as long as the modulus, and the result is input^d mod n, as long
	// again. EC: input is the digest, already cut to the curve's size, and the
	// result is an ASN.1 ECDSA signature.
	Sign(s Slot, input []byte) ([]byte, error)
}
