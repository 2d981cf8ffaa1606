package answer_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/wire/answer"
)

// holder is a card's key and certificate, and the CA above it.
type holder struct {
	key  crypto.Signer
	cert *x509.Certificate
	ca   *x509.Certificate
}

func (h *holder) sign(hash crypto.Hash) func(context.Context, []byte) ([]byte, error) {
	return func(_ context.Context, digest []byte) ([]byte, error) { return h.key.Sign(rand.Reader, digest, hash) }
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newHolder(t testing.TB, key crypto.Signer) *holder {
	t.Helper()
	caKey := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	caTemplate := &x509.Certificate{
		SerialNumber: big.NewInt(7), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		Subject:   pkix.Name{Organization: []string{"nhs"}, OrganizationalUnit: []string{"CA"}, CommonName: "Test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	ca := must[*x509.Certificate](t)(x509.ParseCertificate(
		must[[]byte](t)(x509.CreateCertificate(rand.Reader, caTemplate, caTemplate, caKey.Public(), caKey))))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x80f1), KeyUsage: x509.KeyUsageDigitalSignature, // critical, as Go writes it
		Subject:      pkix.Name{Organization: []string{"nhs"}, OrganizationalUnit: []string{"people"}, CommonName: "900000000017"},
		SubjectKeyId: []byte("key identifier"), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
	}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, ca, key.Public(), caKey))
	return &holder{key, must[*x509.Certificate](t)(x509.ParseCertificate(der)), ca}
}

func rsaHolder(t testing.TB, bits int) *holder {
	return newHolder(t, must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, bits)))
}

func ecHolder(t testing.TB, c elliptic.Curve) *holder {
	return newHolder(t, must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(c, rand.Reader)))
}

func challenge() []byte { return bytes.Repeat([]byte("challeng"), broker.ChallengeSize/8) }

func build(t testing.TB, h *holder, hash crypto.Hash) []byte {
	t.Helper()
	return must[[]byte](t)(answer.Build(t.Context(), challenge(), h.cert, hash, h.sign(hash)))
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	return must[[]byte](t)(os.ReadFile(filepath.Join("testdata", name)))
}

// criticalAs01 rewrites TRUE as 01, as a client does that decodes and encodes
// the certificate again.
func criticalAs01(t testing.TB, der []byte) []byte {
	t.Helper()
	usage := must[[]byte](t)(asn1.Marshal(asn1.ObjectIdentifier{2, 5, 29, 15}))
	spoiled := bytes.Replace(der, append(usage, 1, 1, 0xff), append(usage, 1, 1, 1), 1)
	if bytes.Equal(spoiled, der) {
		t.Fatal("no critical extension to spoil")
	}
	return spoiled
}
