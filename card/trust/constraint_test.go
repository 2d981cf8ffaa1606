package trust_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"net"
	"testing"

	"lanyard/card"
	"lanyard/card/trust"
)

// directoryTrees writes name constraints of directory names O=..., OU=....
func directoryTrees(t *testing.T, tag int, units ...string) change {
	t.Helper()
	var trees []byte
	for _, u := range units {
		name := pkix.Name{Organization: []string{"NHS"}, OrganizationalUnit: []string{u}}
		der, err := asn1.Marshal(name.ToRDNSequence())
		if err != nil {
			t.Fatal(err)
		}
		base, err := asn1.Marshal(asn1.RawValue{Class: 2, Tag: 4, IsCompound: true, Bytes: der})
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, sequence(t, base)...)
	}
	list, err := asn1.Marshal(asn1.RawValue{Class: 2, Tag: tag, IsCompound: true, Bytes: trees})
	if err != nil {
		t.Fatal(err)
	}
	value := sequence(t, list)
	return func(c *x509.Certificate) {
		c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: true, Value: value})
	}
}

func loopback(c *x509.Certificate) {
	c.PermittedDNSDomainsCritical = true
	c.PermittedDNSDomains = []string{"localhost"}
	c.PermittedIPRanges = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}}
}

func TestNameConstraints(t *testing.T) {
	for name, tc := range map[string]struct {
		constraint change
		person     change
		want       error
	}{
		"permitted, other letter case": {constraint: directoryTrees(t, 0, "people")},
		"one of several permitted":     {constraint: directoryTrees(t, 0, "devices", "People")},
		"not permitted":                {constraint: directoryTrees(t, 0, "devices"), want: trust.ErrUntrusted},
		"excluded":                     {constraint: directoryTrees(t, 1, "people"), want: trust.ErrUntrusted},
		"another excluded":             {constraint: directoryTrees(t, 1, "devices")},
		"hosts only":                   {constraint: loopback},
		"person that is a host too": {
			constraint: loopback,
			person:     func(c *x509.Certificate) { c.DNSNames = []string{"example.org"} },
			want:       trust.ErrUntrusted,
		},
	} {
		t.Run(name, func(t *testing.T) {
			top := root(t, "Root", ecKey(t), tc.constraint)
			s := newStore(t, trust.Config{Anchors: certs(top)})
			var changes []change
			if tc.person != nil {
				changes = append(changes, tc.person)
			}
			c := top.person(t, ecKey(t), changes...)
			if _, err := s.Verify(t.Context(), c, nil, now, card.Authentication); !errors.Is(err, tc.want) {
				t.Errorf("error %v, want %v", err, tc.want)
			}
		})
	}
}
