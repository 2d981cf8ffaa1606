package piv

import (
	"errors"
	"testing"

	"lanyard/card"
	"lanyard/card/apdu"
)

// What a card holds and says comes from outside: nothing of it breaks more than
// its own reading.
func FuzzCertificateObject(f *testing.F) {
	f.Add(apdu.AppendTLV(apdu.AppendTLV(nil, 0x70, []byte{0x30, 0x82, 0x01}), 0x71, []byte{0}))
	f.Add(apdu.AppendTLV(apdu.AppendTLV(nil, 0x70, []byte{0x1F, 0x8B, 8, 0}), 0x71, []byte{1}))
	f.Add([]byte{0x70, 0x82, 0xFF})
	f.Fuzz(func(t *testing.T, content []byte) {
		cert, err := certificate(content)
		if (cert == nil) == (err == nil) || err != nil && !errors.Is(err, card.ErrDamaged) {
			t.Fatalf("%v, %v", cert, err)
		}
	})
}

func FuzzResponse(f *testing.F) {
	f.Add([]byte{0x7C, 4, 0x82, 2, 1, 2})
	f.Add([]byte{0x7C, 2, 0x82, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		sig, err := response(data)
		if (len(sig) == 0) == (err == nil) || err != nil && !errors.Is(err, card.ErrDamaged) {
			t.Fatalf("%X, %v", sig, err)
		}
	})
}
