package bench_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"

	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
)

const (
	activatePath = "/login/authactivate"
	validatePath = "/login/authvalidate"
)

// answers signs on n times up to the last step: a fresh challenge each, signed
// by the card that holder returns, as the body of validate.
func (s *site) answers(p *server, n int, holder func(i int) *x509.Certificate) []string {
	s.b.Helper()
	all := make([]string, n)
	for i := range all {
		all[i] = s.answer(p, holder(i))
	}
	return all
}

// known are cards that the server meets again and again.
func (s *site) known(i int) *x509.Certificate { return s.cards[i%len(s.cards)] }

func (s *site) answer(p *server, cert *x509.Certificate) string {
	s.b.Helper()
	step := func(service string) *gpobject.Object {
		return new(gpobject.Object).Set("service", service).Set("auth_method", "3").Set("app_url", "NHST").
			Set("log_session_id", "a1b2").Set("device_id", "WARD7,ClientIP=10.0.0.7")
	}
	o, err := gpobject.DecodeAnswer([]byte(p.send(http.MethodPost, activatePath, string(step("ACTIVATION").Append(nil, gpobject.ClientDTD)))))
	check(s.b, err)
	text, err := o.Only("challenge")
	check(s.b, err)
	seal, err := o.Only("signature")
	check(s.b, err)
	challenge, err := base64.StdEncoding.DecodeString(text)
	check(s.b, err)
	der, err := answer.Build(s.b.Context(), challenge, cert, crypto.SHA256, func(_ context.Context, digest []byte) ([]byte, error) {
		return s.key.Sign(rand.Reader, digest, crypto.SHA256)
	})
	check(s.b, err)
	q := step("AUTHENTICATION").Set("challenge", text).Set("signature", seal).
		Set("uid", cert.Subject.CommonName).Set("card_type", "p11").Set("mobility", "0").
		Add(gpobject.Param{Name: "response", Encoding: "base64", Value: answer.Wrap(der)})
	return string(q.Append(nil, gpobject.ClientDTD))
}

// newCards returns a function that makes cards nobody has met: people's
// certificates, issued again under another serial number. The authority itself
// enters each certificate in its index, which takes long.
func (s *site) newCards() func(i int) *x509.Certificate {
	s.b.Helper()
	text, err := os.ReadFile(s.path("ca/issuing.key"))
	check(s.b, err)
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check(s.b, err)
	serial := big.NewInt(0)
	return func(i int) *x509.Certificate {
		s.b.Helper()
		next := *s.known(i)
		next.ExtraExtensions = next.Extensions
		serial.Add(serial, big.NewInt(1))
		next.SerialNumber = serial
		der, err := x509.CreateCertificate(rand.Reader, &next, s.ca.Issuer(), s.key.Public(), key)
		check(s.b, err)
		cert, err := x509.ParseCertificate(der)
		check(s.b, err)
		return cert
	}
}
