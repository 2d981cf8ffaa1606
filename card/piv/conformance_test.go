package piv_test

import (
	"testing"

	"lanyard/card/cardtest"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet/applettest"
)

// TestConformance holds the token to the contract, over the applet in this
// process. Over a real pcscd the suite runs in test/card.
func TestConformance(t *testing.T) {
	for name, kind := range map[string]applettest.Kind{"RSA 2048": applettest.RSA(2048), "P-256": applettest.P256} {
		once := applettest.Once(kind)
		t.Run(name, func(t *testing.T) {
			cardtest.Run(t, cardtest.Harness{New: func(t *testing.T) *cardtest.Subject {
				return subject(t, newContact(t, applettest.New(t, once), ""))
			}})
		})
	}
}

func subject(t *testing.T, c *contact) *cardtest.Subject {
	t.Helper()
	return &cardtest.Subject{
		Token: c.open(t, piv.Options{}),
		PIN:   applettest.PIN, PUK: applettest.PUK, Tries: applettest.Tries,
		Remove:   c.remove,
		Tally:    func() cardtest.Tally { return cardtest.Tally(c.player.Tally()) },
		Verified: func() bool { return c.verified(t) },
		ChangeBehind: func(new string) error {
			_, _, err := c.b.ChangePIN([]byte(applettest.PIN), []byte(new))
			return err
		},
	}
}
