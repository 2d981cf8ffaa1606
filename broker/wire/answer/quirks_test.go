package answer

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

// recorded takes the recorded answer apart: version, digests, content,
// certificates, signer infos.
func recorded(t *testing.T) []element {
	t.Helper()
	der, err := os.ReadFile("testdata/auth-answer.der")
	if err != nil {
		t.Fatal(err)
	}
	top, _, err := next(der, 0)
	if err != nil {
		t.Fatal(err)
	}
	children, err := top.children()
	if err != nil {
		t.Fatal(err)
	}
	inner, err := unwrapTag(children[1])
	if err != nil {
		t.Fatal(err)
	}
	if children, err = inner.children(); err != nil {
		t.Fatal(err)
	}
	return children
}

func der(id oid) []byte { return appendElement(nil, tagOID, []byte(id)) }

func join(id byte, parts ...[]byte) []byte { return appendElement(nil, id, bytes.Join(parts, nil)) }

// TestQuirks reads the recorded answer in the ways old clients write theirs.
func TestQuirks(t *testing.T) {
	c := recorded(t)
	version, digests, content, certs, infos := c[0].raw, c[1].raw, c[2].raw, c[3], c[4].raw
	inside, err := c[2].children()
	if err != nil {
		t.Fatal(err)
	}
	id, tagged := inside[0].raw, inside[1]
	octets := tagged.body // the string with its own tag
	text, _, err := next(octets, 0)
	if err != nil {
		t.Fatal(err)
	}
	pieces := join(tagOctetString|constructed, join(tagOctetString, text.body[:20]), join(tagOctetString, text.body[20:]))
	info := join(tagSequence, der(oidSignedData), join(contextual|constructed, join(tagSequence, version, digests, content, certs.raw, infos)))
	n := len(info) - 4 // behind a tag and a length of three octets
	longLength := append([]byte{tagSequence, 0x84, 0, 0, byte(n >> 8), byte(n)}, info[4:]...)
	for name, message := range map[string][]byte{
		"whole":                 info,
		"without ContentInfo":   join(tagSequence, version, digests, content, certs.raw, infos),
		"content without tag":   join(tagSequence, version, digests, join(tagSequence, id, octets), certs.raw, infos),
		"content implicit":      join(tagSequence, version, digests, join(tagSequence, id, join(contextual, text.body)), certs.raw, infos),
		"content in pieces":     join(tagSequence, version, digests, join(tagSequence, id, join(contextual|constructed, pieces)), certs.raw, infos),
		"certificate alone":     join(tagSequence, version, digests, content, certs.body, infos),
		"certificates as a set": join(tagSequence, version, digests, content, join(tagSet, certs.body), infos),
		"with a list of none":   join(tagSequence, version, digests, content, certs.raw, join(contextual|constructed|1), infos),
		"length in long form":   longLength,
	} {
		a, err := Parse(message)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := a.Verify(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, message := range map[string][]byte{
		"no content":     join(tagSequence, version, digests, join(tagSequence, id), certs.raw, infos),
		"no certificate": join(tagSequence, version, digests, content, infos),
		"no signature":   join(tagSequence, version, digests, content, certs.raw, join(tagSet)),
		"two signatures": join(tagSequence, version, digests, content, certs.raw, join(tagSet, c[4].body, c[4].body)),
	} {
		if _, err := Parse(message); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	many := join(contextual|constructed, bytes.Repeat(certs.body, MaxCertificates+1))
	if _, err := Parse(join(tagSequence, version, digests, content, many, infos)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("many certificates: error %v", err)
	}
}

// TestAttributesMustFit turns each signed attribute's value in a message that
// verifies.
func TestAttributesMustFit(t *testing.T) {
	fits := &Answer{Content: []byte("x"), Digest: digests()[0].hash, SignedAttributes: true}
	attr := func(id, value []byte) element {
		e, _, err := next(join(tagSequence, id, join(tagSet, value)), 0)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	kind := attr(der(oidContentType), der(oidData))
	digest := attr(der(oidMessageDigest), join(tagOctetString, sum(fits.Digest, fits.Content)))
	for name, c := range map[string]struct {
		attributes []element
		ok         bool
	}{
		"both":             {[]element{digest, kind}, true},
		"no content type":  {[]element{digest}, false},
		"no digest":        {[]element{kind}, false},
		"digest twice":     {[]element{kind, digest, digest}, false},
		"other type":       {[]element{attr(der(oidContentType), der(oidSignedData)), digest}, false},
		"other digest":     {[]element{kind, attr(der(oidMessageDigest), join(tagOctetString, sum(fits.Digest, []byte("y"))))}, false},
		"two in one":       {[]element{kind, attr(der(oidMessageDigest), bytes.Repeat(join(tagOctetString, sum(fits.Digest, fits.Content)), 2))}, false},
		"not an attribute": {[]element{kind, digest, {id: tagInteger, body: []byte{1}, raw: []byte{2, 1, 1}}}, false},
	} {
		fits.attributes = c.attributes
		signed, err := fits.checkAttributes()
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && !bytes.Equal(signed, join(tagSet, kind.raw, digest.raw)) {
			t.Errorf("%s: not in ascending order: %x", name, signed)
		}
	}
}
