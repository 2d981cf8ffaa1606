package trust

import (
	"crypto/x509"
	"os"
	"testing"
)

// FuzzExtensions: whatever stands in the extensions that are read by hand
// gives an error or a value, and what could not be read matches nothing.
func FuzzExtensions(f *testing.F) {
	der, err := os.ReadFile("testdata/recorded-card.der")
	if err != nil {
		f.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(extension(c, oidCRLPoints))
	f.Add([]byte{0x30, 0x00})
	f.Add([]byte{0x30, 0x03, 0x81, 0x01, 0xff})
	f.Add([]byte{0x30, 0x06, 0xa0, 0x04, 0xa0, 0x02, 0x86, 0x00})
	f.Add([]byte{0x30, 0x08, 0xa0, 0x06, 0x30, 0x04, 0xa4, 0x02, 0x30, 0x00})
	f.Add([]byte{0x30, 0x05, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readScope(b)
		if err == nil && len(s.points) == 0 && !s.users && !s.authorities && !s.covers(c) {
			t.Error("a list of everything leaves a certificate out")
		}
		for _, name := range pointsOf(b) {
			if len(name) < 2 {
				t.Errorf("name %x of a distribution point", name)
			}
		}
		trees, err := readSubtrees(b)
		if err == nil && len(trees.permitted)+len(trees.excluded)+len(trees.kinds) == 0 && trees.allow(c) != nil {
			t.Error("no constraint refuses a name")
		}
	})
}

func TestRecordedDistributionPoint(t *testing.T) {
	der, err := os.ReadFile("testdata/recorded-card.der")
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	points := pointsOf(extension(c, oidCRLPoints))
	if len(points) != 1 {
		t.Fatalf("%d distribution points", len(points))
	}
	if !(scope{points: points}).covers(c) || (scope{points: [][]byte{{0xa4, 0}}}).covers(c) {
		t.Error("the list of its own point does not cover the certificate, or another's does")
	}
}
