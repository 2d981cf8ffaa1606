// Package vpcd is the card's end of a virtual reader: it answers what the vpcd
// driver of the vsmartcard project, loaded into pcscd, asks a card over a stream
// of frames. An open connection is an inserted card; closing it is the pull.
//
// A frame is a length of two octets, big-endian, and so many octets. One octet
// alone is a control: 0 power off, 1 power on, 2 reset, 4 the ATR is wanted. The
// ATR is answered, the others are not. Anything longer is a command APDU and
// gets its answer.
//
// [Serve] runs in its caller's goroutine and starts none that outlives it. Who
// the card is (package applet, faults in front of it) is not its business.
package vpcd
