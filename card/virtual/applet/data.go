package applet

import (
	"crypto/x509"

	"lanyard/card/apdu"
)

// The data objects that this card holds (SP 800-73-4 part 1, table 3).
const (
	tagDiscovery      apdu.Tag = 0x7E
	tagCapability     apdu.Tag = 0x5FC107
	tagHolderID       apdu.Tag = 0x5FC102
	tagAuthentication apdu.Tag = 0x5FC105
	tagSignature      apdu.Tag = 0x5FC10A
	tagManagement     apdu.Tag = 0x5FC10B
)

// fascN says in 25 octets of five-bit digits that the card was issued outside
// the federal scheme (agency 9999): programs then take the GUID for its number.
var fascN = [...]byte{
	0xD4, 0xE7, 0x39, 0xDA, 0x73, 0x9C, 0xED, 0x39, 0xCE, 0x73, 0x9D, 0x83, 0x68,
	0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xC8, 0x42, 0x10, 0xC3, 0xEB,
}

// noExpiry is the card's expiry where no certificate tells one.
const noExpiry = "20991231"

// getData answers GET DATA: the object named by the tag list in 5C.
func (c *Card) getData(cmd apdu.Command) ([]byte, apdu.Status) {
	if cmd.P1 != 0x3F || cmd.P2 != 0xFF {
		return nil, apdu.WrongP1P2
	}
	list, rest, err := apdu.NextTLV(cmd.Data)
	if err != nil || list.Tag != 0x5C || len(rest) > 0 || len(list.Value) > 3 {
		return nil, apdu.WrongData
	}
	var tag apdu.Tag
	for _, b := range list.Value {
		tag = tag<<8 | apdu.Tag(b)
	}
	var content []byte
	switch tag {
	case tagDiscovery:
		return discovery(), apdu.OK // the one object that stands in no 53
	case tagCapability:
		content = capability(c.b.GUID())
	case tagHolderID:
		content = c.holderID()
	case tagAuthentication:
		content = certificateObject(c.b.Certificate(SlotAuthentication))
	case tagSignature:
		content = certificateObject(c.b.Certificate(SlotSignature))
	case tagManagement:
		content = certificateObject(c.b.Certificate(SlotManagement))
	}
	if len(content) == 0 {
		return nil, apdu.NotFound
	}
	return apdu.AppendTLV(nil, 0x53, content), apdu.OK
}

// discovery says that the application's own PIN is the one to ask for.
func discovery() []byte {
	v := apdu.AppendTLV(nil, 0x4F, aid[:])
	v = apdu.AppendTLV(v, 0x5F2F, []byte{0x40, 0x00})
	return apdu.AppendTLV(nil, 0x7E, v)
}

// capability is the card capability container, which PIV keeps for the sake of
// an older standard: a card number and empty fields.
func capability(guid [16]byte) []byte {
	number := append([]byte{0xA0, 0x00, 0x00, 0x01, 0x16, 0xFF, 0x02}, guid[:14]...)
	v := apdu.AppendTLV(nil, 0xF0, number)
	v = apdu.AppendTLV(v, 0xF1, []byte{0x21}) // version of the container
	v = apdu.AppendTLV(v, 0xF2, []byte{0x21}) // version of its grammar
	v = apdu.AppendTLV(v, 0xF3, nil)
	v = apdu.AppendTLV(v, 0xF4, []byte{0x00})
	v = apdu.AppendTLV(v, 0xF5, []byte{0x10}) // data model
	for _, t := range []apdu.Tag{0xF6, 0xF7, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE} {
		v = apdu.AppendTLV(v, t, nil)
	}
	return v
}

// holderID is the card holder unique identifier. It carries no issuer's
// signature (3E): who trusts this card trusts its certificates.
func (c *Card) holderID() []byte {
	guid := c.b.GUID()
	v := apdu.AppendTLV(nil, 0x30, fascN[:])
	v = apdu.AppendTLV(v, 0x34, guid[:])
	v = apdu.AppendTLV(v, 0x35, []byte(c.expiry()))
	v = apdu.AppendTLV(v, 0x3E, nil)
	return apdu.AppendTLV(v, 0xFE, nil)
}

// expiry is the day the authentication certificate ends.
func (c *Card) expiry() string {
	cert, err := x509.ParseCertificate(c.b.Certificate(SlotAuthentication))
	if err != nil {
		return noExpiry
	}
	return cert.NotAfter.UTC().Format("20060102")
}

// certificateObject wraps a certificate that is not compressed.
func certificateObject(der []byte) []byte {
	if len(der) == 0 {
		return nil
	}
	v := apdu.AppendTLV(nil, 0x70, der)
	v = apdu.AppendTLV(v, 0x71, []byte{0x00})
	return apdu.AppendTLV(v, 0xFE, nil)
}
