package bench_test

import (
	"crypto/x509"
	"net/http"
	"testing"
)

// BenchmarkValidate is a sign-on, next to a handler that reads the same request,
// verifies the same number of RSA 2048 signatures and writes the same answer.
//
// The server remembers the chains of certificates that held. With cards it has
// met, as on every morning but the first, the one signature over the challenge
// is all that it and the bare handler verify; with cards that it meets for the
// first time both verify the two of the chain as well (card by issuing CA,
// issuing CA by root).
func BenchmarkValidate(b *testing.B) {
	b.Run("chain=remembered", func(b *testing.B) {
		s := newSite(b)
		p := s.product()
		for _, body := range s.answers(p, people, s.known) {
			p.send(http.MethodPost, validatePath, body)
		}
		validate(b, s, p, s.known, 500, 1)
	})
	b.Run("chain=new", func(b *testing.B) {
		s := newSite(b)
		validate(b, s, s.product(), s.newCards(), 500, 3)
	})
}

// validate measures so many sign-ons a round.
func validate(b *testing.B, s *site, p *server, holder func(int) *x509.Certificate, each, signatures int) {
	welcome := p.send(http.MethodPost, validatePath, s.answer(p, holder(0)))
	bare := s.bare(welcome, signatures)
	var costs pair
	for b.Loop() {
		for range rounds {
			bodies := s.answers(p, each, holder)
			costs.round(p, bare, func(to *server, i int) []byte {
				return wire(to, http.MethodPost, validatePath, bodies[i])
			}, each, "sso_ticket")
		}
	}
	costs.report(b)
}
