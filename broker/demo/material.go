package demo

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/card"
	"lanyard/card/virtual"
)

// cardName is the demo's card in its drawer.
const cardName = "demo"

// remakeBefore is how long before its end the demo's CA is made anew.
const remakeBefore = 48 * time.Hour

// material is what the demo keeps between runs.
type material struct {
	dir    string
	ca     *ca.Authority
	device *virtual.Device
	pin    []byte // digits; wiped by Close of the bench
}

func (m *material) cards() string { return filepath.Join(m.dir, "cards") }
func (m *material) path(name string) string {
	return filepath.Join(m.dir, name)
}

// DefaultDir is where the demo keeps its material: nothing in it is worth
// keeping.
func DefaultDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for the demo: %w", err)
	}
	return filepath.Join(dir, "lanyard", "demo"), nil
}

// prepare opens the material of an earlier run, or makes it where there is
// none, where it ends soon, or where it cannot be used.
func prepare(ctx context.Context, dir string, holder person, log *slog.Logger) (*material, error) {
	m, err := reopen(dir, holder)
	if err == nil {
		return m, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		log.InfoContext(ctx, "the demo's material is made anew", "because", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("demo: clear %s: %w", dir, err)
	}
	return create(ctx, dir, holder)
}

func reopen(dir string, holder person) (*material, error) {
	authority, err := ca.Open(filepath.Join(dir, "ca"))
	if err != nil {
		return nil, err
	}
	m := &material{dir: dir, ca: authority, device: &virtual.Device{Dir: filepath.Join(dir, "device")}}
	if time.Until(authority.Root().NotAfter) < remakeBefore {
		return nil, errors.New("its CA ends soon")
	}
	text, err := os.ReadFile(m.path("holder"))
	if err != nil {
		return nil, err
	}
	uid, pin, ok := strings.Cut(strings.TrimSpace(string(text)), " ")
	if !ok || broker.UID(uid) != holder.uid {
		return nil, errors.New("its card belongs to somebody else")
	}
	if _, err := os.Stat(filepath.Join(m.cards(), cardName+".card")); err != nil {
		return nil, err
	}
	m.pin = []byte(pin)
	return m, nil
}

// person is whose card the demo makes.
type person struct {
	uid  broker.UID
	name string // "Grace Okafor"
}

func create(ctx context.Context, dir string, holder person) (*material, error) {
	for _, d := range []string{dir, filepath.Join(dir, "cards"), filepath.Join(dir, "device")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	authority, err := ca.Create(filepath.Join(dir, "ca"), ca.Options{Demo: true, NotBefore: time.Now().Add(-time.Hour), Validity: ca.DemoValidity})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	m := &material{dir: dir, ca: authority, device: &virtual.Device{Dir: filepath.Join(dir, "device")}}
	if m.pin, err = digits(6); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	puk, err := digits(8)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	pin := card.NewPIN(append([]byte(nil), m.pin...))
	defer pin.Wipe()
	secret := card.NewPIN(puk)
	defer secret.Wipe()
	c, err := virtual.Create(ctx, filepath.Join(m.cards(), cardName+".card"), m.device, virtual.Spec{
		Label: holder.name, PIN: pin, PUK: secret,
		Issue: func(p card.Purpose, public crypto.PublicKey) (*x509.Certificate, error) {
			return authority.Issue(m.request(holder, p, public))
		},
		Expired: func(p card.Purpose, public crypto.PublicKey) (*x509.Certificate, error) {
			r := m.request(holder, p, public)
			r.NotBefore, r.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)
			return authority.Issue(r)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if err := c.Close(); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	text := append([]byte(string(holder.uid)+" "), m.pin...)
	if err := os.WriteFile(m.path("holder"), append(text, '\n'), 0o600); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return m, nil
}

func (m *material) request(holder person, p card.Purpose, public crypto.PublicKey) ca.Request {
	return ca.Request{UID: holder.uid, Name: strings.ToUpper(holder.name), Purpose: p, Public: public, Virtual: true}
}

// digits makes a random passcode of n digits.
func digits(n int) ([]byte, error) {
	b := make([]byte, n)
	for i := range b {
		d, err := rand.Int(rand.Reader, big.NewInt(10))
		if err != nil {
			return nil, err
		}
		b[i] = '0' + byte(d.Int64())
	}
	return b, nil
}

// serverCertificate makes a TLS certificate for loopback; its key lives in
// memory only.
func (m *material) serverCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	c, err := m.ca.ServerCertificate([]string{"127.0.0.1", "::1", "localhost"}, key.Public())
	if err != nil {
		return tls.Certificate{}, err
	}
	chain := [][]byte{c.Raw}
	for _, i := range m.ca.Intermediates() {
		chain = append(chain, i.Raw)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: c}, nil
}

// writePEM writes certificates as PEM, for programs that want a file.
func writePEM(path string, certs ...*x509.Certificate) error {
	var out []byte
	for _, c := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return os.WriteFile(path, out, 0o644)
}

// holder is whose card the demo makes: somebody with a few roles to choose from.
func holder() person { return person{uid: "900000000017", name: "Grace Okafor"} }
