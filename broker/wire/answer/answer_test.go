package answer_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"testing"

	"lanyard/broker/wire/answer"
)

// TestRecordedAnswer reads what an old client sent.
func TestRecordedAnswer(t *testing.T) {
	a, err := answer.Parse(read(t, "auth-answer.der"))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Verify(); err != nil {
		t.Error(err)
	}
	if a.Digest != crypto.SHA1 || a.SignedAttributes || len(a.Content) != 48 || len(a.Helpers) != 0 {
		t.Errorf("read as %+v", a)
	}
	if cert := read(t, "auth-answer-cert.der"); !bytes.Equal(a.SignerAsSent, cert) || !bytes.Equal(a.Signer.Raw, cert) {
		t.Error("another certificate")
	}
}

func TestBuildAndVerify(t *testing.T) {
	for name, c := range map[string]struct {
		holder *holder
		hash   crypto.Hash
	}{
		"RSA 1024 SHA-1":   {rsaHolder(t, 1024), crypto.SHA1},
		"RSA 2048 SHA-256": {rsaHolder(t, 2048), crypto.SHA256},
		"RSA 2048 SHA-384": {rsaHolder(t, 2048), crypto.SHA384},
		"RSA 2048 SHA-512": {rsaHolder(t, 2048), crypto.SHA512},
		"P-256 SHA-256":    {ecHolder(t, elliptic.P256()), crypto.SHA256},
		"P-384 SHA-384":    {ecHolder(t, elliptic.P384()), crypto.SHA384},
	} {
		der := build(t, c.holder, c.hash)
		raw, err := answer.Unwrap(answer.Wrap(der))
		if err != nil || !bytes.Equal(raw, der) {
			t.Errorf("%s: wrapping: %v", name, err)
		}
		a, err := answer.Parse(der)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := a.Verify(); err != nil || a.Digest != c.hash || !bytes.Equal(a.Content, challenge()) {
			t.Errorf("%s: %v, digest %v", name, err, a.Digest)
		}
		if !bytes.Equal(a.Signer.Raw, c.holder.cert.Raw) {
			t.Errorf("%s: another signer", name)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	h, other := rsaHolder(t, 2048), rsaHolder(t, 2048)
	pulled := errors.New("card was pulled")
	for name, c := range map[string]struct {
		challenge []byte
		hash      crypto.Hash
		sign      func(context.Context, []byte) ([]byte, error)
		want      error
	}{
		"too long":    {make([]byte, 65), crypto.SHA256, h.sign(crypto.SHA256), nil},
		"too short":   {make([]byte, 47), crypto.SHA256, h.sign(crypto.SHA256), nil},
		"MD5":         {challenge(), crypto.MD5, h.sign(crypto.MD5), answer.ErrUnsupported},
		"other key":   {challenge(), crypto.SHA256, other.sign(crypto.SHA256), answer.ErrSignature},
		"card pulled": {challenge(), crypto.SHA256, func(context.Context, []byte) ([]byte, error) { return nil, pulled }, pulled},
	} {
		der, err := answer.Build(t.Context(), c.challenge, h.cert, c.hash, c.sign)
		if err == nil || der != nil || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestSpoiledCertificate restores what a client's re-encoding broke: the CA's
// signature over the certificate holds again.
func TestSpoiledCertificate(t *testing.T) {
	h := rsaHolder(t, 2048)
	a, err := answer.Parse(criticalAs01(t, build(t, h, crypto.SHA256)))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Verify(); err != nil {
		t.Error(err)
	}
	if bytes.Equal(a.SignerAsSent, a.Signer.Raw) || !bytes.Equal(a.Signer.Raw, h.cert.Raw) {
		t.Error("the certificate was not restored")
	}
	if err := a.Signer.CheckSignatureFrom(h.ca); err != nil {
		t.Errorf("the CA's signature: %v", err)
	}
}

// TestEveryOctetCounts turns each octet of the recorded answer: whatever still
// verifies has the same content and the same key.
func TestEveryOctetCounts(t *testing.T) {
	der := read(t, "auth-answer.der")
	good, err := answer.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range der {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(der)
			bad[i] ^= flip
			a, err := answer.Parse(bad)
			if err == nil {
				err = a.Verify()
			}
			if err != nil {
				refused++
				continue
			}
			if !bytes.Equal(a.Content, good.Content) || !bytes.Equal(a.Signer.RawSubjectPublicKeyInfo, good.Signer.RawSubjectPublicKeyInfo) {
				t.Fatalf("octet %d turned by %#x verifies with another content or key", i, flip)
			}
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

func TestParseRefuses(t *testing.T) {
	der := read(t, "auth-answer.der")
	for i := range der {
		if _, err := answer.Parse(der[:i]); !errors.Is(err, answer.ErrUnreadable) {
			t.Fatalf("cut after %d octets: %v", i, err)
		}
	}
	wrongType := bytes.Replace(der, must[[]byte](t)(asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2})),
		must[[]byte](t)(asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 3})), 1)
	md5 := bytes.ReplaceAll(der, must[[]byte](t)(asn1.Marshal(asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26})),
		must[[]byte](t)(asn1.Marshal(asn1.ObjectIdentifier{1, 3, 14, 3, 2, 25})))
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"text behind":    {append(bytes.Clone(der), "more"...), answer.ErrUnreadable},
		"enveloped data": {wrongType, answer.ErrUnreadable},
		"other digest":   {md5, answer.ErrUnsupported},
		"large":          {append(bytes.Clone(der), make([]byte, answer.MaxSize)...), answer.ErrTooLarge},
		"deep":           {bytes.Repeat([]byte{0x30, 0x80}, 20_000), answer.ErrUnreadable},
		"a certificate":  {read(t, "auth-answer-cert.der"), answer.ErrUnreadable},
	} {
		if _, err := answer.Parse(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
	if _, err := answer.Parse(append(bytes.Clone(der), 0, 0, '\n')); err != nil {
		t.Errorf("padding behind: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	h := ecHolder(f, elliptic.P256())
	der := build(f, h, crypto.SHA256)
	f.Add(read(f, "auth-answer.der"))
	f.Add(der)
	f.Add(criticalAs01(f, der))
	f.Add([]byte{0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0})
	recorded := must[*answer.Answer](f)(answer.Parse(read(f, "auth-answer.der")))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := answer.Parse(b)
		if err != nil {
			if !errors.Is(err, answer.ErrUnreadable) && !errors.Is(err, answer.ErrTooLarge) && !errors.Is(err, answer.ErrUnsupported) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if a.Signer == nil || len(a.Helpers) > answer.MaxCertificates {
			t.Fatal("an answer without a signer, or with too many helpers")
		}
		if a.Verify() == nil && bytes.Equal(a.Signer.Raw, recorded.Signer.Raw) && !bytes.Equal(a.Content, recorded.Content) {
			t.Fatal("another content verifies with the recorded signer")
		}
	})
}

func BenchmarkParseAndVerify(b *testing.B) {
	for name, h := range map[string]*holder{"RSA2048": rsaHolder(b, 2048), "P256": ecHolder(b, elliptic.P256())} {
		der := build(b, h, crypto.SHA256)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a, err := answer.Parse(der)
				if err == nil {
					err = a.Verify()
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	der := build(b, rsaHolder(b, 2048), crypto.SHA256)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := answer.Parse(der); err != nil {
			b.Fatal(err)
		}
	}
}
