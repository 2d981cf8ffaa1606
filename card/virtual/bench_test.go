package virtual

import "testing"

// BenchmarkVerifyPIN is what a right PIN costs at the cost of a desk computer,
// the writing to disk included.
func BenchmarkVerifyPIN(b *testing.B) {
	c, _ := newCard(b, func(s *Spec) { s.Cost = DefaultCost() })
	for b.Loop() {
		if err := c.VerifyPIN(b.Context(), pin(testPIN)); err != nil {
			b.Fatal(err)
		}
		c.Lock()
	}
}

// BenchmarkOperateRSA is a signature of an open RSA key.
func BenchmarkOperateRSA(b *testing.B) {
	c, _ := newCard(b, func(s *Spec) { s.Alg = RSA2048 })
	if err := c.VerifyPIN(b.Context(), pin(testPIN)); err != nil {
		b.Fatal(err)
	}
	block := make([]byte, 256)
	for i := range block {
		block[i] = 0xFF
	}
	block[0], block[1], block[255-32] = 0, 1, 0
	for b.Loop() {
		if _, err := c.Operate(SlotAuthentication, block); err != nil {
			b.Fatal(err)
		}
	}
}
