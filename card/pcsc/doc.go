// Package pcsc reads cards through the reader service of the operating system
// (PC/SC): [Watcher] reports readers and cards as they come and go, [Conn] is
// a connection to one inserted card.
//
// It knows nothing of what a card holds, of PINs or of who uses it, and it is
// the only package that imports the PC/SC binding. On Unix it needs cgo and
// libpcsclite.
//
// # Waiting
//
// Nothing is polled. The watcher blocks in SCardGetStatusChange on all readers
// and on the plug-and-play pseudo reader, without end on Linux and Windows and
// for one second at a time on macOS, where the service knows no such reader.
// The end of the context wakes it by SCardCancel. While the service does not
// run, the watcher sleeps until the service's socket appears (inotify) or its
// started event is set (Windows); a slow retry with jitter is the last resort.
// After readers came or went the list is read again twice within 1.25 s, for
// services that miss the second of two readers that are plugged in together.
//
// Sleep and wake need nothing of their own: the service reports readers that
// went and came, or is lost and found again.
//
// # What the service gets wrong
//
// SCardIsValidContext says yes after the service died, so it is not asked: a
// context is dropped on the errors that tell of a dead service. SCardCancel is
// lost without an error when the wait has not begun, so it is repeated until
// the wait is over. The binding keeps the name of a reader alive only until
// the next wait on the same name, whoever waits, so that names carry a mark
// of their watcher behind the closing zero, and [Conn] never waits for state
// changes.
//
// # Readers with keys
//
// Where a reader has keys of its own (PC/SC v2 part 10), [Conn.VerifyOnKeypad]
// has a PIN typed there: the reader puts it into the command, and the PIN is
// never in this computer. Readers that cannot end an entry by a key are treated
// as if they had none. What the card answers, or the reader in its place, is
// for the caller to read.
//
// # Goroutines
//
// [Watcher.Watch] runs one goroutine and waits for it. [Connect] starts one
// for each connection; [Conn.Disconnect] ends it and waits. The calls of PC/SC
// themselves cannot be interrupted: where the service or a driver hangs, the
// goroutine is left behind after a time limit and cleans up when the call
// returns. Such a call changes nothing any more.
package pcsc
