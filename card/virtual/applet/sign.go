package applet

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"

	"lanyard/card/apdu"
)

// algorithm is a PIV algorithm identifier (SP 800-78-5 table 9; RSA 4096 as
// YubiKeys have it).
type algorithm byte

const (
	algRSA3072 algorithm = 0x05
	algRSA1024 algorithm = 0x06
	algRSA2048 algorithm = 0x07
	algP256    algorithm = 0x11
	algP384    algorithm = 0x14
	algRSA4096 algorithm = 0x16
)

// The objects inside the dynamic authentication template.
const (
	tagTemplate  apdu.Tag = 0x7C
	tagChallenge apdu.Tag = 0x81
	tagResponse  apdu.Tag = 0x82
)

// authenticate answers GENERAL AUTHENTICATE where it asks for a signature: an
// empty response (82) and what to sign as the challenge (81).
func (c *Card) authenticate(cmd apdu.Command) ([]byte, apdu.Status) {
	fresh := c.fresh
	c.fresh = false // good for one try, whatever comes of it
	slot := Slot(cmd.P2)
	if slot == slotManagement {
		return manage(cmd)
	}
	if slot != SlotAuthentication && slot != SlotSignature && slot != SlotManagement {
		return nil, apdu.ReferenceNotFound
	}
	alg, size, ok := keyKind(c.b.Certificate(slot))
	if !ok {
		return nil, apdu.ReferenceNotFound
	}
	if algorithm(cmd.P1) != alg {
		return nil, apdu.WrongP1P2
	}
	input, ok := challenge(cmd.Data)
	if !ok || !fits(alg, size, input) {
		return nil, apdu.WrongData
	}
	if !c.verified || slot == SlotSignature && !fresh {
		return nil, apdu.SecurityStatus
	}
	sig, err := c.b.Sign(slot, input)
	if err != nil {
		c.log.Error("card failed", "operation", "sign", "err", err)
		return nil, apdu.NoPreciseDiagnostic
	}
	return apdu.AppendTLV(nil, tagTemplate, apdu.AppendTLV(nil, tagResponse, sig)), apdu.OK
}

// slotManagement is the key by which an administrator writes to a PIV card.
const slotManagement Slot = 0x9B

// manage answers the administrator, and any program that wants random octets
// from the card, with a challenge (a request for 81). There is no management
// key, so no answer to a challenge is ever right.
func manage(cmd apdu.Command) ([]byte, apdu.Status) {
	sizes := map[byte]int{0x00: 8, 0x03: 8, 0x08: 16, 0x0A: 16, 0x0C: 16} // 3DES and AES blocks
	size, ok := sizes[cmd.P1]
	if !ok {
		return nil, apdu.WrongP1P2
	}
	o, rest, err := apdu.NextTLV(cmd.Data)
	if err != nil || o.Tag != tagTemplate || len(rest) > 0 {
		return nil, apdu.WrongData
	}
	wanted, rest, err := apdu.NextTLV(o.Value)
	if err != nil {
		return nil, apdu.WrongData
	}
	if wanted.Tag != tagChallenge || len(wanted.Value) > 0 || len(rest) > 0 {
		return nil, apdu.SecurityStatus
	}
	random := make([]byte, size)
	if _, err := rand.Read(random); err != nil {
		return nil, apdu.NoPreciseDiagnostic
	}
	return apdu.AppendTLV(nil, tagTemplate, apdu.AppendTLV(nil, tagChallenge, random)), apdu.OK
}

// challenge takes what is to be signed out of the template.
func challenge(data []byte) ([]byte, bool) {
	o, rest, err := apdu.NextTLV(data)
	if err != nil || o.Tag != tagTemplate || len(rest) > 0 {
		return nil, false
	}
	response, ok, err := apdu.FindTLV(o.Value, tagResponse)
	if err != nil || !ok || len(response) > 0 {
		return nil, false
	}
	input, ok, err := apdu.FindTLV(o.Value, tagChallenge)
	return input, err == nil && ok
}

// fits tells whether an input has the length a key can take.
func fits(alg algorithm, size int, input []byte) bool {
	if alg == algP256 || alg == algP384 {
		return len(input) > 0 && len(input) <= size
	}
	return len(input) == size
}

// keyKind tells algorithm and size in octets of a certificate's key.
func keyKind(der []byte) (alg algorithm, size int, ok bool) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return 0, 0, false
	}
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		alg, ok = map[int]algorithm{128: algRSA1024, 256: algRSA2048, 384: algRSA3072, 512: algRSA4096}[k.Size()]
		return alg, k.Size(), ok
	case *ecdsa.PublicKey:
		switch k.Curve {
		case elliptic.P256():
			return algP256, 32, true
		case elliptic.P384():
			return algP384, 48, true
		}
	}
	return 0, 0, false
}
