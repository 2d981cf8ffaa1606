package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Limits of revocation lists.
const (
	MaxCRLFile = 64 << 20 // octets
	maxLists   = 1000     // in one file
)

// list is a revocation list whose signature was checked.
type list struct {
	key     string // of its issuer: name and public key
	scope   scope
	issuer  string // for people
	issued  time.Time
	next    time.Time // zero where the list does not say
	weak    string    // its signature's weak algorithm, let pass by policy
	revoked map[string]revocation
}

// revocation is one entry of a list.
type revocation struct {
	at     time.Time
	reason int
}

// lists are the newest lists by issuer, one for each scope.
type lists map[string][]*list

func authorityKey(c *x509.Certificate) string {
	return string(c.RawSubject) + "\x00" + string(c.RawSubjectPublicKeyInfo)
}

// with returns what is known and, where newer, what the configuration has now.
func (l lists) with(c Config, read func(der []byte) (*list, error)) (lists, []error) {
	next, faults := maps.Clone(l), []error(nil)
	add := func(source string, text []byte) {
		ders, err := blocks(text, "X509 CRL", maxLists)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", source, err))
			return
		}
		for _, der := range ders {
			found, err := read(der)
			if err == nil {
				err = next.add(found)
			}
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", source, err))
			}
		}
	}
	for _, text := range c.CRLs {
		add("revocation list", text)
	}
	for _, name := range c.CRLFiles {
		text, err := readFile(name)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		add("revocation list "+filepath.Base(name), text)
	}
	return next, faults
}

func readFile(name string) ([]byte, error) {
	fi, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if fi.Size() > MaxCRLFile {
		return nil, fmt.Errorf("revocation list %s is larger than %d octets", filepath.Base(name), MaxCRLFile)
	}
	return os.ReadFile(name)
}

// add enters a list unless a newer one of its issuer and scope is known.
func (l lists) add(n *list) error {
	same := slices.Clone(l[n.key]) // published states keep theirs
	i := slices.IndexFunc(same, func(o *list) bool { return o.scope.equal(n.scope) })
	switch {
	case i < 0:
		same = append(same, n)
	case n.issued.Before(same[i].issued):
		return fmt.Errorf("list of %s is older than the one in use: %s, %s", n.issuer,
			n.issued.Format(time.RFC3339), same[i].issued.Format(time.RFC3339))
	case n.issued.Equal(same[i].issued) && len(n.revoked) == len(same[i].revoked):
		return nil // read again
	default:
		same[i] = n
	}
	l[n.key] = same
	return nil
}

// readList reads a list and checks its signature by an authority that is
// configured here. One that none of them signed is refused.
func readList(der []byte, p Policy, pools ...pool) (*list, error) {
	raw, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	issuer, err := listIssuer(raw, pools)
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", raw.Issuer, err)
	}
	n := &list{
		key:     authorityKey(issuer),
		issuer:  raw.Issuer.String(),
		issued:  raw.ThisUpdate,
		next:    raw.NextUpdate,
		weak:    weakSignature(raw.SignatureAlgorithm),
		revoked: make(map[string]revocation, len(raw.RevokedCertificateEntries)),
	}
	if n.weak != "" && !p.AllowSHA1 {
		return nil, fmt.Errorf("list of %s: %w: %s signature", n.issuer, ErrWeak, n.weak)
	}
	if n.scope, err = scopeOf(raw); err != nil {
		return nil, fmt.Errorf("list of %s: %w", n.issuer, err)
	}
	for _, e := range raw.RevokedCertificateEntries {
		if err := checkEntry(e); err != nil {
			return nil, fmt.Errorf("list of %s: %w", n.issuer, err)
		}
		n.revoked[e.SerialNumber.String()] = revocation{at: e.RevocationTime, reason: e.ReasonCode}
	}
	return n, nil
}

func listIssuer(raw *x509.RevocationList, pools []pool) (*x509.Certificate, error) {
	err := errors.New("its issuer is not among the configured authorities")
	for _, p := range pools {
		for _, c := range p[string(raw.RawIssuer)] {
			if c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCRLSign == 0 {
				err = errors.New("its issuer may not sign lists")
				continue
			}
			fault := checkSignature(c.PublicKey, raw.SignatureAlgorithm, raw.RawTBSRevocationList, raw.Signature)
			if fault == nil {
				return c, nil
			}
			err = fault
		}
	}
	return nil, err
}

var (
	oidReasonCode     = asn1.ObjectIdentifier{2, 5, 29, 21}
	oidInvalidityDate = asn1.ObjectIdentifier{2, 5, 29, 24}
)

func checkEntry(e x509.RevocationListEntry) error {
	for _, x := range e.Extensions {
		if x.Critical && !x.Id.Equal(oidReasonCode) && !x.Id.Equal(oidInvalidityDate) {
			return fmt.Errorf("entry %s holds a critical extension %s that is not understood", e.SerialNumber, x.Id)
		}
	}
	return nil
}

// staleAt is from when on the list is too old.
func (n *list) staleAt(p Policy) time.Time {
	if p.MaxCRLAge > 0 {
		return n.issued.Add(p.MaxCRLAge)
	}
	return n.next
}

// checkRevocation asks the issuer's lists about a certificate. A revocation
// counts from its date on; a list says it for every time, however old it is.
func (b *builder) checkRevocation(c, issuer *x509.Certificate, r *Report) error {
	var newest *list
	for _, n := range b.state.lists[authorityKey(issuer)] {
		if !n.scope.covers(c) {
			continue
		}
		if e, ok := n.revoked[c.SerialNumber.String()]; ok {
			if !b.at.Before(e.at) {
				return fmt.Errorf("%w: %s at %s, reason %d", ErrRevoked, c.Subject, e.at.Format(time.RFC3339), e.reason)
			}
			r.until(e.at)
		}
		if newest == nil || n.staleAt(b.state.policy).After(newest.staleAt(b.state.policy)) {
			newest = n
		}
	}
	switch {
	case newest == nil && b.state.policy.RequireCRL:
		return fmt.Errorf("%w: there is none of %s", ErrRevocationUnknown, issuer.Subject)
	case newest == nil:
		return nil
	}
	stale := newest.staleAt(b.state.policy)
	if b.at.After(stale) {
		return fmt.Errorf("%w: that of %s was issued at %s and good until %s", ErrRevocationUnknown,
			newest.issuer, newest.issued.Format(time.RFC3339), stale.Format(time.RFC3339))
	}
	r.until(stale)
	if newest.weak != "" {
		r.Weak = append(r.Weak, newest.weak+" signature on the revocation list of "+newest.issuer)
	}
	return nil
}

// equal tells whether two lists speak of the same certificates.
func (s scope) equal(o scope) bool {
	return s.users == o.users && s.authorities == o.authorities && slices.EqualFunc(s.points, o.points, bytes.Equal)
}
