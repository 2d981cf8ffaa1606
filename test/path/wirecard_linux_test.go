package path_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"lanyard/broker/ca"
	"lanyard/broker/wire/answer"
	"lanyard/broker/wire/gpobject"
	"lanyard/card"
	"lanyard/test/realmtest"
)

// Paths of the server.
const (
	activate = "/login/authactivate"
	validate = "/login/authvalidate"
)

// wireCard is a card and a client in the test's own hands, which can send what
// the agent never would.
type wireCard struct {
	anchors *x509.CertPool
	key     crypto.Signer
	cert    *x509.Certificate
}

// newWireCard makes one that an authority certifies, for the servers of realms.
func newWireCard(t *testing.T, a *ca.Authority, realms ...*realmtest.Realm) *wireCard {
	t.Helper()
	w := &wireCard{anchors: x509.NewCertPool()}
	for _, r := range realms {
		w.anchors.AddCert(r.CA.Root())
	}
	var err error
	if w.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	w.certify(t, a)
	return w
}

func (w *wireCard) certify(t *testing.T, a *ca.Authority) {
	t.Helper()
	var err error
	w.cert, err = a.Issue(ca.Request{UID: realmtest.ThreeRoles, Purpose: card.Authentication, Public: w.key.Public(), Virtual: true})
	if err != nil {
		t.Fatal(err)
	}
}

// otherAuthority is one that no server here trusts.
func otherAuthority(t *testing.T) *ca.Authority {
	t.Helper()
	a, err := ca.Create(filepath.Join(t.TempDir(), "other"), ca.Options{Demo: true, P256: true, NotBefore: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// activation is the request for a challenge.
func activation() []byte {
	o := &gpobject.Object{}
	o.Set("service", "ACTIVATION").Set("auth_method", "3").Set("app_url", "NHST").Set("log_session_id", "a1b2").Set("device_id", "WARD7")
	return o.Append(nil, "")
}

// activate asks a server for a challenge.
func (w *wireCard) activate(t *testing.T, base string) *gpobject.Object {
	t.Helper()
	status, o := w.post(t, base+activate, activation())
	if status != http.StatusOK {
		t.Fatalf("activate: %d %+v", status, o)
	}
	return o
}

// request answers a fresh challenge of a server.
func (w *wireCard) request(t *testing.T, base string) []byte {
	t.Helper()
	o := w.activate(t, base)
	return w.envelope(o, w.signed(t, o))
}

func (w *wireCard) signed(t *testing.T, active *gpobject.Object) []byte {
	t.Helper()
	text, _ := active.Get("challenge")
	challenge, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	der, err := answer.Build(t.Context(), challenge, w.cert, crypto.SHA256, func(_ context.Context, digest []byte) ([]byte, error) {
		return w.key.Sign(rand.Reader, digest, crypto.SHA256)
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (w *wireCard) envelope(active *gpobject.Object, der []byte) []byte {
	o := &gpobject.Object{}
	o.Set("service", "AUTHENTICATION").Set("auth_method", "3").Set("app_url", "NHST").Set("log_session_id", "a1b2").Set("device_id", "WARD7")
	for _, name := range []string{"challenge", "signature"} {
		value, _ := active.Get(name)
		o.Set(name, value)
	}
	o.Set("uid", string(realmtest.ThreeRoles)).Set("card_type", "p11").Set("mobility", "0")
	o.Add(gpobject.Param{Name: "response", Encoding: "base64", Value: answer.Wrap(der)})
	return o.Append(nil, "")
}

func (w *wireCard) post(t *testing.T, address string, body []byte) (status int, o *gpobject.Object) {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.anchors, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if o, err = gpobject.DecodeAnswer(text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return resp.StatusCode, o
}
