// Package apdu writes and reads the octets that cross a card's contacts: command
// and answer APDUs (ISO/IEC 7816-4 clause 5), status words, and the BER-TLV
// objects inside them. The program's end (card/piv) and the card's end
// (card/virtual/applet) share it.
//
// It knows no card and no command's meaning, keeps no state and starts no
// goroutine. What it reads is a view into the octets given, never a copy: there
// may be a PIN among them, which its owner wipes.
package apdu
