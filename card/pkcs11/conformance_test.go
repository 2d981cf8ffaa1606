package pkcs11

import (
	"slices"
	"testing"

	"lanyard/card/cardtest"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual/applet/applettest"
)

// What no module can by the nature of PKCS#11: it tells no numbers of tries, it
// wants one PIN more than the card, and it cannot unblock.
var lacksAll = []cardtest.Ability{cardtest.Counting, cardtest.Exact, cardtest.Tallying, cardtest.Unblocking}

// With what the card itself tells past the module; what the module tells alone
// is in the other two.
func TestConformanceOpenSC(t *testing.T) {
	kind := applettest.Once(keys["RSA"])
	s := newStand(t, installed(t, "OpenSC"), theReader, true)
	cardtest.Run(t, cardtest.Harness{
		Lacks: []cardtest.Ability{cardtest.Tallying, cardtest.Unblocking},
		New:   func(t *testing.T) *cardtest.Subject { return s.subject(t, newPlastic(t, kind)) },
		Keyed: func(t *testing.T) (*cardtest.Subject, *cardtest.Keys) { return keyed(t, kind) },
	})
}

// keyed is a card in a reader with keys of its own, on a stand of its own:
// OpenSC asks a reader for its keys when it sees it first.
func keyed(t *testing.T, kind applettest.Kind) (*cardtest.Subject, *cardtest.Keys) {
	t.Helper()
	s := newStand(t, installed(t, "OpenSC"), theReader, true)
	k := new(pcscd.Keypad)
	must(t, s.SetKeypad(s.reader, k))
	then := func(e pcscd.Entry) func() { return func() { k.Then(e) } }
	return s.subject(t, newPlastic(t, kind)), &cardtest.Keys{
		Type:   func(pin string) { k.Then(pcscd.Entry{Digits: pin}) },
		Leave:  then(pcscd.Entry{Status: pcscd.NobodyTyped}),
		Cancel: then(pcscd.Entry{Status: pcscd.CancelKey}),
		Pull:   then(pcscd.Entry{Do: func() { _ = s.Remove(s.reader) }, Digits: applettest.PIN}),
		Waited: func() int { return len(k.Orders()) },
	}
}

// Yubico's module wants a reader of the maker's name and a card that answers
// the maker's own commands.
func TestConformanceYKCS11(t *testing.T) {
	s := newStand(t, installed(t, "Yubico YKCS11"), "Yubico YubiKey CCID 00 00", false)
	cardtest.Run(t, cardtest.Harness{
		Lacks: lacksAll,
		New:   func(t *testing.T) *cardtest.Subject { return s.subject(t, newPlastic(t, keys["P-256"]).yubico()) },
	})
}

// A key store in software is no card: it never locks, cannot be taken out, and
// what it does with PINs cannot be watched.
func TestConformanceSoftHSM(t *testing.T) {
	s := newStore(t, keys["RSA"])
	cardtest.Run(t, cardtest.Harness{
		Lacks: slices.Concat(lacksAll, []cardtest.Ability{cardtest.Locking, cardtest.Removal, cardtest.PINState, cardtest.Behind}),
		New: func(t *testing.T) *cardtest.Subject {
			return &cardtest.Subject{Token: s.copy(t).open(t), PIN: applettest.PIN, PUK: applettest.PUK, Tries: applettest.Tries}
		},
	})
}
