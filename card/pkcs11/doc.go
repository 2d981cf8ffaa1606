// Package pkcs11 uses cards that are not PIV cards through the PKCS#11 module
// of their maker, OpenSC's by default. [Opener] makes a [card.Token] of an
// inserted card.
//
// Modules are foreign code: they hang for ever in C_Sign, show the identity of
// a card that was taken out, and crash. So a module is never loaded into this
// process. It runs in a child: this very program, started again under another
// name. [Main] must be the first thing that main, and TestMain of tests, call.
// Every call has a deadline; a child that misses it, or ends, is killed, waited
// for and started again at the next use ([card.ErrModuleHung],
// [card.ErrModuleCrashed]). So is one whose module reported a general or device
// error, because what it says afterwards cannot be relied on.
//
// # Identity
//
// PC/SC, not the module, tells that a card came or went. For each operation the
// module is made to look again (C_GetSlotList), the token is found by reader,
// label and serial number, and the certificates are compared with those the
// token was opened with, before a PIN is sent. No session outlives an
// operation, and every signature has one of its own.
//
// # PINs
//
// A PIN crosses to the child in a frame of its own, octets that both ends wipe.
// The binding wants a string in C_Login: the child makes it of the very octets
// that it wipes afterwards. Copies that the binding and the module leave in
// their memory go with the process: one that has had a PIN ends with the
// operation, and the next operation starts another before it asks for its PIN.
//
// The PIN state is dropped at the end of every operation by C_Logout and by
// [Config.Drop], because not every module tells the card.
//
// PKCS#11 wants the PIN once for the user and then once for each signature of a
// key with [card.PINAlways]: such an operation sends it once more than the card
// alone would want. Keys are hidden until then, so that the policy [Opener]'s
// tokens tell beforehand for a content-commitment key is [card.PINAlways] until
// the module has shown otherwise.
//
// Where the token says so (CKF_PROTECTED_AUTHENTICATION_PATH) the PIN can be
// typed on the reader's own keys: C_Login is called without one, under a
// deadline of its own, and the source is asked each time before the reader
// waits. The process that did it has had no PIN and goes on. PKCS#11 has one
// word, CKR_FUNCTION_CANCELED, for the cancel key and for nobody there.
//
// It does not know PC/SC, PIV or who asks for a signature, and it is the only
// package that imports the PKCS#11 binding, which needs cgo.
//
// # Goroutines
//
// One for each child that runs, which waits for its end, and one for each call
// under way. [Opener.Close] ends all and waits. A child ends with its parent.
package pkcs11
