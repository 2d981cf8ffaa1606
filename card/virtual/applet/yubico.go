package applet

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"math/big"

	"lanyard/card/apdu"
)

// The instructions of Yubico's cards by which their module finds its way.
const (
	insMetadata = 0xF7
	insSerial   = 0xF8
	insVersion  = 0xFD
)

// What the metadata of a key say.
const (
	pinOnce, pinAlways = 2, 3
	touchNever         = 1
	keyImported        = 2
)

func (c *Card) dispatchYubico(cmd apdu.Command) ([]byte, apdu.Status) {
	switch cmd.INS {
	case insVersion:
		return []byte{5, 3, 0}, apdu.OK // the first that has metadata
	case insSerial:
		guid := c.b.GUID()
		return guid[:4], apdu.OK
	case insMetadata:
		return c.metadata(Slot(cmd.P2))
	default:
		return nil, apdu.UnknownInstruction
	}
}

// metadata tells a slot's algorithm, policies, origin and public key.
func (c *Card) metadata(s Slot) ([]byte, apdu.Status) {
	if s != SlotAuthentication && s != SlotSignature && s != SlotManagement {
		return nil, apdu.ReferenceNotFound
	}
	der := c.b.Certificate(s)
	alg, _, ok := keyKind(der)
	if !ok {
		return nil, apdu.ReferenceNotFound
	}
	policy := byte(pinOnce)
	if s == SlotSignature {
		policy = pinAlways
	}
	v := apdu.AppendTLV(nil, 0x01, []byte{byte(alg)})
	v = apdu.AppendTLV(v, 0x02, []byte{policy, touchNever})
	v = apdu.AppendTLV(v, 0x03, []byte{keyImported})
	return apdu.AppendTLV(v, 0x04, publicKey(der)), apdu.OK
}

// publicKey writes a certificate's key as PIV does: modulus (81) and exponent
// (82), or the point (86).
func publicKey(der []byte) []byte {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	switch k := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		v := apdu.AppendTLV(nil, 0x81, k.N.Bytes())
		return apdu.AppendTLV(v, 0x82, big.NewInt(int64(k.E)).Bytes())
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			return nil
		}
		return apdu.AppendTLV(nil, 0x86, point)
	default:
		return nil
	}
}
