// Package piv drives PIV cards (NIST SP 800-73-4) by their own commands, with no
// middleware between: certificates at once on insertion, exact counts of PIN
// tries, change of the PIN and unblocking. The current series of the national
// cards are PIV cards.
//
// It knows what a PIV card holds and says. How commands get to a card is the
// business of a [Transport] (card/pcsc, or a card in the same process), so that
// the package itself needs no cgo. It shows nothing to anybody: a PIN comes from
// a card.PINSource.
//
// Rules it keeps:
//
//   - Nothing is held while a person is asked. After the answer the card is
//     selected anew and must be the same one.
//   - A PIN is sent once. What was refused, or whose outcome is not known, is
//     never sent again. With no try left nobody is asked.
//   - A PIN that is typed on the reader's own keys is under the same rules. It
//     stays in the reader, so that a key that wants it each time has it typed
//     each time, and the source is asked each time before the reader waits.
//   - After the last command the card's PIN state is dropped (VERIFY with P1=FF,
//     else a reset), unless a policy keeps it.
//   - What held a PIN is wiped.
//
// It starts no goroutine that outlives a call.
package piv
