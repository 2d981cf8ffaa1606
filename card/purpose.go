package card

import "crypto/x509"

// Certificate policies of the national cards.
const (
	policyAuthentication    = "1.2.826.0.1275.101.0.3.1.1"
	policyContentCommitment = "1.2.826.0.1275.102.0.3.2.0"
	// policyVirtual is ours: an arc made of a random UUID (ITU-T X.667) belongs
	// to nobody else.
	policyVirtual = "2.25.294056214965810949377907125944316248705.1"
)

// PurposeOf tells what a certificate's key is for. Key usage decides:
// digitalSignature without nonRepudiation is authentication, nonRepudiation
// without digitalSignature is content commitment. A certificate that has both
// (cards of other makers) or neither is told by its policy, else it is
// [OtherPurpose].
func PurposeOf(c *x509.Certificate) Purpose {
	if c == nil || c.IsCA {
		return OtherPurpose
	}
	signs := c.KeyUsage&x509.KeyUsageDigitalSignature != 0
	commits := c.KeyUsage&x509.KeyUsageContentCommitment != 0
	switch {
	case signs && !commits:
		return Authentication
	case commits && !signs:
		return ContentCommitment
	}
	for _, p := range c.Policies {
		switch p.String() {
		case policyAuthentication:
			return Authentication
		case policyContentCommitment:
			return ContentCommitment
		}
	}
	return OtherPurpose
}

// PolicyOID returns the certificate policy of the national cards for a
// purpose; ok is false where there is none.
func PolicyOID(p Purpose) (oid x509.OID, ok bool) {
	switch p {
	case Authentication:
		return mustOID(policyAuthentication), true
	case ContentCommitment:
		return mustOID(policyContentCommitment), true
	default:
		return x509.OID{}, false
	}
}

// PolicyVirtual marks a certificate whose key lives in a virtual card.
func PolicyVirtual() x509.OID { return mustOID(policyVirtual) }

// IsVirtual tells whether a certificate says that its key lives in a virtual card.
func IsVirtual(c *x509.Certificate) bool {
	for _, p := range c.Policies {
		if p.String() == policyVirtual {
			return true
		}
	}
	return false
}

// mustOID parses a constant of this file.
func mustOID(s string) x509.OID {
	oid, err := x509.ParseOID(s)
	if err != nil {
		panic(err)
	}
	return oid
}
