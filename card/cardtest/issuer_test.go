package cardtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"lanyard/card"
)

func TestIssuerProfile(t *testing.T) {
	ca := NewIssuer(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []card.Purpose{card.Authentication, card.ContentCommitment, card.OtherPurpose} {
		c := ca.Issue(p, "555012345678", key.Public())
		if got := card.PurposeOf(c); got != p {
			t.Errorf("purpose %v reads back as %v", p, got)
		}
		if got, want := c.Subject.String(), "CN=555012345678,OU=people,O=nhs"; got != want {
			t.Errorf("subject %q, want %q", got, want)
		}
		if !card.IsVirtual(c) {
			t.Errorf("%v: no virtual policy", p)
		}
		if err := c.CheckSignatureFrom(ca.Certificate()); err != nil {
			t.Errorf("%v: %v", p, err)
		}
		want, ok := card.PolicyOID(p)
		if ok && (len(c.Policies) != 2 || !c.Policies[0].Equal(want)) {
			t.Errorf("%v: policies %v", p, c.Policies)
		}
	}
	list := ca.CRL(ca.Issue(card.Authentication, "1", key.Public()))
	if len(list.RevokedCertificateEntries) != 1 || list.CheckSignatureFrom(ca.Certificate()) != nil {
		t.Error("revocation list does not hold")
	}
}
