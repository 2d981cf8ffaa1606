package trust

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// subtrees are the name constraints of a CA. Directory names are compared;
// other kinds of names are only told apart: certificates of people have none,
// and one that has a name of a constrained kind is refused.
type subtrees struct {
	permitted, excluded []pkix.RDNSequence
	kinds               map[uint8]bool // GeneralName tags other than directoryName
}

const tagDirectoryName = 4

var errConstraints = errors.New("name constraints cannot be read")

// checkConstraints holds the names of all certificates below a CA against its
// constraints.
func checkConstraints(ca *x509.Certificate, below []*x509.Certificate) error {
	value := extension(ca, oidNameConstraints)
	if value == nil {
		return nil
	}
	t, err := readSubtrees(value)
	if err != nil {
		return fmt.Errorf("%w: issuer %s: %w", ErrUntrusted, ca.Subject, err)
	}
	for _, c := range below {
		if err := t.allow(c); err != nil {
			return fmt.Errorf("%w: issuer %s: %w", ErrUntrusted, ca.Subject, err)
		}
	}
	return nil
}

func extension(c *x509.Certificate, oid asn1.ObjectIdentifier) []byte {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return e.Value
		}
	}
	return nil
}

func (t subtrees) allow(c *x509.Certificate) error {
	name, err := readName(c.RawSubject)
	if err != nil {
		return err
	}
	for _, x := range t.excluded {
		if under(name, x) {
			return fmt.Errorf("the name %s is excluded", c.Subject)
		}
	}
	allowed := len(t.permitted) == 0
	for _, p := range t.permitted {
		allowed = allowed || under(name, p)
	}
	if !allowed {
		return fmt.Errorf("the name %s is not permitted", c.Subject)
	}
	for tag, present := range map[uint8]bool{
		1: len(c.EmailAddresses) > 0, 2: len(c.DNSNames) > 0, 6: len(c.URIs) > 0, 7: len(c.IPAddresses) > 0,
	} {
		if present && t.kinds[tag] {
			return fmt.Errorf("%s has an alternative name of a kind that is constrained", c.Subject)
		}
	}
	return nil
}

// readSubtrees reads the value of a NameConstraints extension.
func readSubtrees(der []byte) (subtrees, error) {
	t := subtrees{kinds: map[uint8]bool{}}
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() {
		return t, errConstraints
	}
	for i, into := range []*[]pkix.RDNSequence{&t.permitted, &t.excluded} {
		var list cryptobyte.String
		var present bool
		if !seq.ReadOptionalASN1(&list, &present, cbasn1.Tag(i).ContextSpecific().Constructed()) {
			return t, errConstraints
		}
		for !list.Empty() {
			if err := t.readSubtree(&list, into); err != nil {
				return t, err
			}
		}
	}
	if !seq.Empty() {
		return t, errConstraints
	}
	return t, nil
}

func (t subtrees) readSubtree(list *cryptobyte.String, into *[]pkix.RDNSequence) error {
	var tree, base cryptobyte.String
	var tag cbasn1.Tag
	// RFC 5280 wants minimum 0 and no maximum: nothing but the base.
	if !list.ReadASN1(&tree, cbasn1.SEQUENCE) || !tree.ReadAnyASN1(&base, &tag) || !tree.Empty() {
		return errConstraints
	}
	n := uint8(tag) & 0x1f
	if n != tagDirectoryName {
		t.kinds[n] = true
		return nil
	}
	name, err := readName(base)
	if err != nil {
		return err
	}
	*into = append(*into, name)
	return nil
}

func readName(der []byte) (pkix.RDNSequence, error) {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &name); err != nil || len(rest) > 0 {
		return nil, errors.New("distinguished name cannot be read")
	}
	return name, nil
}

// under tells whether name lies at or below base.
func under(name, base pkix.RDNSequence) bool {
	if len(base) > len(name) {
		return false
	}
	for i, rdn := range base {
		if !sameRDN(rdn, name[i]) {
			return false
		}
	}
	return true
}

func sameRDN(a, b pkix.RelativeDistinguishedNameSET) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Type.Equal(b[i].Type) || !sameValue(a[i].Value, b[i].Value) {
			return false
		}
	}
	return true
}

// sameValue compares as directories do: letter case and runs of blanks do not
// count.
func sameValue(a, b any) bool {
	s, ok := a.(string)
	t, ok2 := b.(string)
	if ok && ok2 {
		return strings.EqualFold(strings.Join(strings.Fields(s), " "), strings.Join(strings.Fields(t), " "))
	}
	da, err := asn1.Marshal(a)
	db, err2 := asn1.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(da, db)
}
