package pkcs11

import (
	"errors"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual/applet/applettest"
)

// What no module can by the nature of PKCS#11: it tells no numbers of tries, it
// wants one PIN more than the card, and it cannot unblock.
var lacksAll = []cardtest.Ability{cardtest.Counting, cardtest.Exact, cardtest.Tallying, cardtest.Unblocking}

func TestConformanceOpenSC(t *testing.T) {
	for name, kind := range keys {
		t.Run(name, func(t *testing.T) {
			cardtest.Run(t, cardtest.Harness{
				Lacks: lacksAll,
				New: func(t *testing.T) *cardtest.Subject {
					return subject(t, installed(t, "OpenSC"), theReader, newPlastic(t, applettest.Once(kind)))
				},
			})
		})
	}
}

// Yubico's module wants a reader of the maker's name and a card that answers
// the maker's own commands.
func TestConformanceYKCS11(t *testing.T) {
	kind := keys["P-256"]
	cardtest.Run(t, cardtest.Harness{
		Lacks: lacksAll,
		New: func(t *testing.T) *cardtest.Subject {
			return subject(t, installed(t, "Yubico YKCS11"), "Yubico YubiKey CCID 00 00", newPlastic(t, applettest.Once(kind)).yubico())
		},
	})
}

func isUnsupported(err error) bool { return errors.Is(err, card.ErrUnsupported) }
