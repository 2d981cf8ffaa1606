package answer

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// Parse reads a SignedData with its one signature. It takes BER where DER is
// due, a missing ContentInfo, and missing tags round content and
// certificates, as old clients write them.
func Parse(der []byte) (*Answer, error) { return ParseWith(x509.ParseCertificate, der) }

// ParseWith is Parse for who has parsed many of the certificates before: it
// asks parse for each one. parse returns what [x509.ParseCertificate] would.
func ParseWith(parse func(der []byte) (*x509.Certificate, error), der []byte) (*Answer, error) {
	if len(der) > MaxSize {
		return nil, fmt.Errorf("%w: %d octets, at most %d", ErrTooLarge, len(der), MaxSize)
	}
	top, rest, err := next(der, 0)
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(rest, "\x00\r\n\t ")) > 0 {
		return nil, unreadable("something stands behind it")
	}
	parts, err := signedData(top)
	if err != nil {
		return nil, err
	}
	a := &Answer{}
	if a.Content, err = content(parts.content); err != nil {
		return nil, err
	}
	sid, err := a.signerInfo(parts.signer)
	if err != nil {
		return nil, err
	}
	return a, a.certificates(parse, parts.certs, sid)
}

// parts are the pieces of a SignedData that matter.
type parts struct {
	content, signer element
	certs           []element
}

// unwrapTag goes into an explicit [0], where there is one.
func unwrapTag(e element) (element, error) {
	if e.id != contextual|constructed {
		return e, nil
	}
	inner, err := e.children()
	if err != nil {
		return e, err
	}
	if len(inner) != 1 {
		return e, unreadable("a tagged element that holds not one")
	}
	return inner[0], nil
}

func signedData(top element) (parts, error) {
	children, err := top.children()
	if err != nil {
		return parts{}, err
	}
	if len(children) == 2 && children[0].id == tagOID {
		if !children[0].is(oidSignedData) {
			return parts{}, unreadable("it is no SignedData")
		}
		inner, err := unwrapTag(children[1])
		if err != nil {
			return parts{}, err
		}
		if children, err = inner.children(); err != nil {
			return parts{}, err
		}
	}
	// version, digest algorithms, content, …, signer infos
	if len(children) < 4 || children[0].id != tagInteger || children[1].id != tagSet {
		return parts{}, unreadable("it is no SignedData")
	}
	last := len(children) - 1
	p := parts{content: children[2]}
	for _, e := range children[3:last] {
		if err := p.addCertificates(e); err != nil {
			return parts{}, err
		}
	}
	p.signer, err = onlySigner(children[last])
	return p, err
}

// addCertificates takes what may stand between content and signer infos: the
// certificates in their [0], or without it; revocation lists are passed over.
func (p *parts) addCertificates(e element) error {
	switch e.id {
	case tagSequence:
		p.certs = append(p.certs, e)
	case contextual | constructed, tagSet:
		inner, err := e.children()
		if err != nil {
			return err
		}
		for _, c := range inner {
			if c.id == tagSequence {
				p.certs = append(p.certs, c)
			}
		}
	}
	if len(p.certs) > MaxCertificates {
		return fmt.Errorf("%w: more than %d certificates", ErrTooLarge, MaxCertificates)
	}
	return nil
}

func onlySigner(e element) (element, error) {
	if e.id != tagSet {
		return e, unreadable("it holds no signature")
	}
	infos, err := e.children()
	if err != nil {
		return e, err
	}
	if len(infos) != 1 {
		return e, unreadable(fmt.Sprintf("it holds %d signatures and must hold one", len(infos)))
	}
	return infos[0], nil
}

// content reads the encapsulated content, which must be plain data.
func content(e element) ([]byte, error) {
	children, err := e.children()
	if err != nil {
		return nil, err
	}
	if len(children) != 2 {
		return nil, unreadable("the challenge is not inside")
	}
	if !children[0].is(oidData) {
		return nil, unreadable("its content is not plain data")
	}
	inner := children[1]
	if inner.id == contextual { // [0] in place of the string's own tag
		return inner.body, nil
	}
	if inner, err = unwrapTag(inner); err != nil {
		return nil, err
	}
	if inner.id&^constructed != tagOctetString {
		return nil, unreadable("its content is no string")
	}
	return inner.octets(0)
}

// signerInfo reads the SignerInfo and returns who signed, for certificates.
func (a *Answer) signerInfo(e element) (element, error) {
	c, err := e.children()
	if err != nil {
		return e, err
	}
	if len(c) < 5 || c[0].id != tagInteger {
		return e, unreadable("its SignerInfo")
	}
	sid, digest, rest := c[1], c[2], c[3:]
	if rest[0].id == contextual|constructed {
		a.SignedAttributes = true
		if a.attributes, err = rest[0].children(); err != nil {
			return e, err
		}
		rest = rest[1:]
	}
	if len(rest) < 2 || rest[1].id&^constructed != tagOctetString {
		return e, unreadable("its SignerInfo")
	}
	if a.Digest, a.scheme, err = algorithms(digest, rest[0]); err != nil {
		return e, err
	}
	a.signature, err = rest[1].octets(0)
	return sid, err
}

// certificates reads them and finds the signer's among them. One that cannot
// be read is in nobody's way unless it is the signer's.
func (a *Answer) certificates(parse func([]byte) (*x509.Certificate, error), certs []element, sid element) error {
	names, err := signerName(sid)
	if err != nil {
		return err
	}
	var unread error
	for _, e := range certs {
		cert, err := certificate(parse, e)
		switch {
		case err != nil:
			unread = err
		case a.Signer == nil && names(cert):
			a.Signer, a.SignerAsSent = cert, e.raw
		default:
			a.Helpers = append(a.Helpers, cert)
		}
	}
	if a.Signer != nil {
		return nil
	}
	if unread != nil {
		return fmt.Errorf("%w: a certificate in it: %w", ErrUnreadable, unread)
	}
	return unreadable("the signer's certificate is not inside")
}

// signerName returns the test whether a certificate is the one a SignerInfo
// names, by issuer and serial number or by key identifier.
func signerName(sid element) (func(*x509.Certificate) bool, error) {
	if sid.id&^constructed == contextual {
		id, err := sid.octets(0)
		return func(c *x509.Certificate) bool { return len(id) > 0 && bytes.Equal(c.SubjectKeyId, id) }, err
	}
	c, err := sid.children()
	if err != nil {
		return nil, err
	}
	if len(c) != 2 || c[1].id != tagInteger {
		return nil, unreadable("its signer's name")
	}
	issuer, err := appendDER(nil, c[0], 0)
	if err != nil {
		return nil, err
	}
	serial := bytes.TrimLeft(c[1].body, "\x00")
	return func(c *x509.Certificate) bool {
		return bytes.Equal(c.SerialNumber.Bytes(), serial) && sameName(c, issuer)
	}, nil
}

// sameName compares a certificate's issuer. A client that encodes a name again
// may choose other string types; that is still the same name.
func sameName(c *x509.Certificate, issuer []byte) bool {
	if bytes.Equal(c.RawIssuer, issuer) {
		return true
	}
	var name, own pkix.RDNSequence
	if _, err := asn1.Unmarshal(issuer, &name); err != nil {
		return false
	}
	if _, err := asn1.Unmarshal(c.RawIssuer, &own); err != nil {
		return false
	}
	return name.String() == own.String()
}

// certificate parses a certificate, restored to DER where it is not: a client
// that decodes and encodes it again writes TRUE as 01, which spoils it.
func certificate(parse func([]byte) (*x509.Certificate, error), e element) (*x509.Certificate, error) {
	cert, err := parse(e.raw)
	if err == nil {
		return cert, nil
	}
	restored, derErr := appendDER(nil, e, 0)
	if derErr != nil || bytes.Equal(restored, e.raw) {
		return nil, err
	}
	return parse(restored)
}
