package bench_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lanyard/broker/wire/gpobject"
)

// BenchmarkAssertion is a role assertion, next to a handler that writes the same
// answer.
func BenchmarkAssertion(b *testing.B) {
	const each = 8000
	s := newSite(b)
	p := s.product()
	var paths []string
	for i, body := range s.answers(p, people, s.known) {
		o, err := gpobject.DecodeAnswer([]byte(p.send(http.MethodPost, validatePath, body)))
		check(b, err)
		ticket, err := o.Only("sso_ticket")
		check(b, err)
		q := url.Values{"token": {ticket}}
		paths = append(paths, "/saml/RoleAssertion?"+q.Encode())
		q.Set("selectedRoleUid", string(roleOf(i, 0)))
		if said := p.send(http.MethodGet, "/saml/RoleSelectionGP.jsp?"+q.Encode(), ""); !strings.Contains(said, "OK") {
			b.Fatalf("role selection: %s", said)
		}
	}
	bare := s.bare(p.send(http.MethodGet, paths[0], ""), 0)
	var costs pair
	for b.Loop() {
		for range rounds {
			costs.round(p, bare, func(to *server, i int) []byte {
				return wire(to, http.MethodGet, paths[i%len(paths)], "")
			}, each, "samlp:Success")
		}
	}
	costs.report(b)
}
