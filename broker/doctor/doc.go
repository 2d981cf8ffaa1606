// Package doctor tells how this machine does, in rows: what was looked at, a
// verdict, which sentence says so and the data in it, and what mends it. Rows
// hold no words: those are made where they are shown, in the person's language.
//
// It needs no administrator's rights, changes nothing, and each thing it looks
// at has its own limit in time. [Examine] starts what does not depend on each
// other side by side and returns when all of it has ended; the only goroutine
// that may outlive it is a call of the keyring's library, which cannot be ended
// and waits for nothing of ours.
//
// A report also has a short code, which a person can read out on the telephone
// and [Explain] takes apart again. It knows nothing of windows or commands.
package doctor
