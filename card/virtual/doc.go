// Package virtual is smartcards without plastic: a card is one encrypted file,
// used directly in this process ([Token], [Drawer]) or, through [PIV], as the
// card behind a PIV applet in a virtual reader.
//
// # What protects a card
//
// The private keys are sealed under a random card key. The card key is sealed
// twice: under the PIN and under the PUK, each stretched with Argon2id and
// mixed with a 256-bit key of this device ([DeviceKeys]). A copied file is
// therefore no good without the device, and the device's key is no good
// without the PIN. Every try is written to disk before its outcome is known,
// and a counter beside the file tells a restored older copy from the card
// ([ErrCopied]). The file's layout and the limits of all this stand in
// docs/card-file.md.
//
// Who can read this user's memory or replay file, counter and device key
// together is not held off: no file can do what a chip does.
//
// The package knows nothing of the broker: the CA that certifies a new card's
// keys is passed in as a function. It starts no goroutine of its own, except
// one for each call to a keyring, which may hang on an unlock dialog for as
// long as the desktop likes; it is left behind at the time limit and ends when
// the desktop answers.
package virtual
