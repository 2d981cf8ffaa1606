package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// scope is what a list speaks about. The national authority splits its lists:
// a certificate names its distribution point ("CN=CRL57" under the CA), and
// the list of that point names it too. The zero value is everything.
type scope struct {
	points      [][]byte // GeneralNames (DER) of the distribution point; none: all
	users       bool     // certificates of users only
	authorities bool     // certificates of authorities only
}

var (
	oidCRLPoints    = asn1.ObjectIdentifier{2, 5, 29, 31}
	oidIssuingPoint = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidCRLNumber    = asn1.ObjectIdentifier{2, 5, 29, 20}
	oidAuthorityKey = asn1.ObjectIdentifier{2, 5, 29, 35}

	errIssuingPoint = errors.New("its issuing distribution point cannot be read")
	errPartial      = errors.New("it covers some reasons or other issuers only, which is not supported")
)

// covers tells whether a list of this scope speaks about a certificate.
func (s scope) covers(c *x509.Certificate) bool {
	if s.users && c.IsCA || s.authorities && !c.IsCA {
		return false
	}
	if len(s.points) == 0 {
		return true
	}
	for _, name := range pointsOf(extension(c, oidCRLPoints)) {
		if slices.ContainsFunc(s.points, func(p []byte) bool { return bytes.Equal(p, name) }) {
			return true
		}
	}
	return false
}

// scopeOf reads the scope of a list and refuses lists with extensions that
// would change what it says.
func scopeOf(l *x509.RevocationList) (scope, error) {
	var s scope
	for _, e := range l.Extensions {
		switch {
		case e.Id.Equal(oidIssuingPoint):
			var err error
			if s, err = readScope(e.Value); err != nil {
				return scope{}, err
			}
		case e.Critical && !e.Id.Equal(oidCRLNumber) && !e.Id.Equal(oidAuthorityKey):
			return scope{}, fmt.Errorf("it holds a critical extension %s that is not understood", e.Id)
		}
	}
	return s, nil
}

// inContext is a context-specific tag.
func inContext(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific() }

// readScope reads an IssuingDistributionPoint.
func readScope(der []byte) (scope, error) {
	var s scope
	in := cryptobyte.String(der)
	var seq, point cryptobyte.String
	var present bool
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() ||
		!seq.ReadOptionalASN1(&point, &present, inContext(0).Constructed()) {
		return s, errIssuingPoint
	}
	if present {
		var ok bool
		if s.points, ok = fullName(point); !ok {
			return s, errIssuingPoint
		}
	}
	for !seq.Empty() {
		var value cryptobyte.String
		var tag cbasn1.Tag
		if !seq.ReadAnyASN1(&value, &tag) {
			return s, errIssuingPoint
		}
		set := len(value) == 1 && value[0] != 0
		switch {
		case tag == inContext(1):
			s.users = set
		case tag == inContext(2):
			s.authorities = set
		case tag == inContext(3) || set: // some reasons, indirect, attributes
			return s, errPartial
		}
	}
	return s, nil
}

// pointsOf reads the names of a certificate's distribution points. Points that
// it cannot read are left out: the lists that would match them do not cover
// the certificate then, which policy sees.
func pointsOf(der []byte) [][]byte {
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) {
		return nil
	}
	var names [][]byte
	for !seq.Empty() {
		var dp, point cryptobyte.String
		var present bool
		if !seq.ReadASN1(&dp, cbasn1.SEQUENCE) || !dp.ReadOptionalASN1(&point, &present, inContext(0).Constructed()) {
			return names
		}
		if found, ok := fullName(point); present && ok {
			names = append(names, found...)
		}
	}
	return names
}

// fullName reads a DistributionPointName that is a list of names. A name
// relative to the issuer is not supported.
func fullName(point cryptobyte.String) ([][]byte, bool) {
	var list cryptobyte.String
	if !point.ReadASN1(&list, inContext(0).Constructed()) || !point.Empty() || list.Empty() {
		return nil, false
	}
	var names [][]byte
	for !list.Empty() {
		var name cryptobyte.String
		var tag cbasn1.Tag
		if !list.ReadAnyASN1Element(&name, &tag) {
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}
