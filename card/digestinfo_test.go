package card_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	"crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"math/big"
	"testing"

	"lanyard/card"
)

// The standard library must take what is signed over our block for its own.
func TestSignatureBlock(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		w := h.New()
		_, _ = w.Write([]byte("text"))
		d := w.Sum(nil)
		block, err := card.SignatureBlock(key.Size(), h, d)
		if err != nil {
			t.Fatal(err)
		}
		m := new(big.Int).SetBytes(block)
		sig := m.Exp(m, key.D, key.N).FillBytes(make([]byte, key.Size()))
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, h, d, sig); err != nil {
			t.Errorf("%v: %v", h, err)
		}
	}
}

func TestDigestsThatCannotBeSigned(t *testing.T) {
	d := sha256.Sum256(nil)
	for name, fn := range map[string]func() ([]byte, error){
		"short digest": func() ([]byte, error) { return card.DigestInfo(crypto.SHA256, d[:20]) },
		"no hash":      func() ([]byte, error) { return card.DigestInfo(0, d[:]) },
		"MD5":          func() ([]byte, error) { return card.DigestInfo(crypto.MD5, d[:16]) },
		"small key":    func() ([]byte, error) { return card.SignatureBlock(60, crypto.SHA256, d[:]) },
	} {
		if b, err := fn(); !errors.Is(err, card.ErrMechanism) || b != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
