// Package demo puts everything together on one machine: a small CA, a
// directory of invented people, the Identity Server on loopback TLS, the
// Identity Agent and a virtual smartcard.
//
// [Story] walks the whole path, from the card put in to the card pulled, and
// tells what really came back; it fails if one step was not true. [Hold] keeps
// everything up for other programs to try, with the card in a real (virtual)
// PC/SC reader.
//
// Its keys are made at the first run, in a folder that only its owner can
// read, and are good for loopback and 200 days only. A [Bench] owns all it
// starts and stops it in Close.
package demo
