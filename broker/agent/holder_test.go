package agent

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"

	"lanyard/card"
)

func TestHolder(t *testing.T) {
	key := func(cn string) card.Key {
		return card.Key{Cert: &x509.Certificate{Subject: pkix.Name{CommonName: cn}}}
	}
	on, signs := key("900000000017"), key("900000000017_OKAFOR_J_GRACE")
	for _, c := range []struct {
		name, label string
		keys        []card.Key
		want        string
	}{
		{"the certificate for signing names the person", "900000000017", []card.Key{on, signs}, "OKAFOR J GRACE"},
		{"a module's own label is no name", "PIV_II (PIV Card Holder pin)", []card.Key{on, signs}, "OKAFOR J GRACE"},
		{"a user id is no name", "900000000017", []card.Key{on}, ""},
		{"a label within a longer one", "CN=900000000017", []card.Key{on}, ""},
		{"nothing better than the label", "Ward card", []card.Key{on}, "Ward card"},
		{"another kind of certificate", "Ward card", []card.Key{key("Grace Okafor")}, "Ward card"},
		{"a key without a certificate", "Ward card", []card.Key{{}}, "Ward card"},
	} {
		if got := holderOf(c.label, c.keys); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCardThatRanOutIsShown holds that a person is told whose card it is and
// when it ended, though it cannot be used.
func TestCardThatRanOutIsShown(t *testing.T) {
	ended := time.Date(2026, 9, 24, 12, 0, 0, 0, time.UTC)
	s := NewState(Rules{}, 1)
	s, _ = Step(s, CardEvent{card.Event{Kind: card.ReaderAdded, Reader: "r"}}, ended)
	s, _ = Step(s, CardEvent{card.Event{Kind: card.Inserted, Reader: "r", Gen: 1}}, ended)
	s, _ = Step(s, CardRead{Seat: s.use.seat, Err: errExpired, Facts: Facts{
		Token: "4417", Label: "Grace Okafor", UID: "900000000017",
		Certs: []CertView{{Purpose: card.ContentCommitment, Until: ended.AddDate(1, 0, 0)}, {Purpose: card.Authentication, Until: ended}, {Purpose: card.Authentication, Until: ended.AddDate(-2, 0, 0)}},
	}}, ended)
	v := s.Snapshot().Card
	if v == nil || v.Label != "Grace Okafor" || v.Token != "4417" || !v.Expires.Equal(ended) || v.UID != "" {
		t.Errorf("shown: %+v", v)
	}
}
