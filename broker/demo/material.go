package demo

import (
	"bytes"
	"context"
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
	"time"

	"lanyard/broker"
	"lanyard/broker/ca"
	"lanyard/card/virtual"
)

// cardName is the demo's card in its drawer.
const cardName = "demo"

// pinTries is how many wrong passcodes in a row lock it.
const pinTries = 3

// remakeBefore is how long before its end the demo's CA is made anew.
const remakeBefore = 48 * time.Hour

// material is what the demo keeps between runs.
type material struct {
	folder
	ca     *ca.Authority
	device *virtual.Device
	pin    []byte // digits; wiped by close
	puk    []byte // the same
}

func (m *material) cards() string { return m.path(cardsName) }
func (m *material) card() string  { return filepath.Join(m.cards(), cardName+".card") }

// close wipes passcode and PUK and gives the folder back.
func (m *material) close() error {
	clear(m.pin)
	clear(m.puk)
	return m.release()
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
// none, where it ends soon, or where it cannot be used. The folder is held
// until the material is closed.
func prepare(ctx context.Context, dir string, holder person, log *slog.Logger) (*material, error) {
	f, err := claim(dir)
	if err != nil {
		return nil, err
	}
	m := &material{folder: f, device: &virtual.Device{Dir: f.path(deviceName)}}
	err = m.reopen(ctx, holder)
	if err == nil {
		err = m.forget()
	}
	if err == nil {
		return m, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		log.InfoContext(ctx, "the demo's material is made anew", "because", err)
	}
	if err := f.clear(); err != nil {
		return nil, errors.Join(err, m.close())
	}
	if err := m.create(ctx, holder); err != nil {
		return nil, errors.Join(fmt.Errorf("demo: %w", err), m.close())
	}
	return m, nil
}

func (m *material) reopen(ctx context.Context, holder person) (err error) {
	if m.ca, err = ca.Open(m.path(caName)); err != nil {
		return err
	}
	if time.Until(m.ca.Root().NotAfter) < remakeBefore {
		return errors.New("its CA ends soon")
	}
	text, err := os.ReadFile(m.path(holderName))
	if err != nil {
		return err
	}
	fields := bytes.Fields(text)
	if len(fields) != 2 || broker.UID(fields[0]) != holder.uid {
		return errors.New("its card belongs to somebody else")
	}
	m.pin = fields[1]
	if m.puk, err = os.ReadFile(m.path(pukName)); err != nil {
		return err
	}
	if err := m.renewAll(); err != nil {
		return err
	}
	return m.tryCard(ctx)
}

// forget removes the sessions of an earlier run: their tickets were sealed with
// its key, and nobody can ask for them any more.
func (m *material) forget() error {
	err := os.Remove(m.path(storeName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// tryCard tells why the card of an earlier run is no use.
func (m *material) tryCard(ctx context.Context) (err error) {
	c, err := virtual.Open(ctx, m.card(), m.device)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	left, _, err := c.Tries(ctx)
	if err == nil && left < pinTries {
		err = fmt.Errorf("its card has %d of %d tries left", left, pinTries)
	}
	return err
}

// person is whose card the demo makes.
type person struct {
	uid  broker.UID
	name string // "Grace Okafor"
}

func (m *material) create(ctx context.Context, holder person) (err error) {
	for _, d := range []string{m.cards(), m.path(freshName), m.path(deviceName)} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	m.ca, err = ca.Create(m.path(caName), ca.Options{Demo: true, NotBefore: time.Now().Add(-time.Hour), Validity: ca.DemoValidity})
	if err != nil {
		return err
	}
	if m.pin, err = digits(6); err != nil {
		return err
	}
	if m.puk, err = digits(8); err != nil {
		return err
	}
	spec := cardSpec{issue: m.issuer(holder, time.Time{}), expired: m.issuer(holder, time.Now().AddDate(0, 0, -1))}
	if err := m.makeCard(ctx, cardName, holder, spec); err != nil {
		return err
	}
	if err := os.WriteFile(m.path(pukName), m.puk, 0o600); err != nil {
		return err
	}
	return os.WriteFile(m.path(holderName), fmt.Appendf(nil, "%s %s\n", holder.uid, m.pin), 0o600)
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
