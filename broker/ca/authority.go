package ca

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Names of the files in the directory.
const (
	rootName    = "root"
	issuingName = "issuing"
	indexFile   = "index.json"
	lockName    = "lock"
)

// Authority is a certificate authority in a directory.
type Authority struct {
	dir     string
	root    *x509.Certificate
	rootKey crypto.Signer
	issuer  *x509.Certificate // the root itself where there is no issuing CA
	key     crypto.Signer     // the issuer's

	mu sync.Mutex // one change of the index at a time in this process
}

// Create makes an authority in a directory that does not exist yet or is
// empty. It appears there whole or not at all.
func Create(dir string, o Options) (*Authority, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	dir = filepath.Clean(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, err
	}
	// Removes it only if it is empty; what is wrong else, Rename tells.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("create authority in %s: %w", dir, ErrExists)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*") // 0700
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	if err := fill(tmp, o); err != nil {
		return nil, err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return nil, fmt.Errorf("create authority in %s: %w: %w", dir, ErrExists, err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	return Open(dir)
}

// fill writes the files of a new authority.
func fill(dir string, o Options) error {
	key, err := newKey(o.P256)
	if err != nil {
		return err
	}
	root, err := newRoot(o, key)
	if err != nil {
		return err
	}
	if err := writePair(dir, rootName, root, key); err != nil {
		return err
	}
	if o.Issuing {
		below, err := newKey(o.P256)
		if err != nil {
			return err
		}
		cert, err := newIssuing(o, below.Public(), root, key)
		if err != nil {
			return err
		}
		if err := writePair(dir, issuingName, cert, below); err != nil {
			return err
		}
	}
	return (&index{}).write(filepath.Join(dir, indexFile))
}

func writePair(dir, name string, c *x509.Certificate, key crypto.Signer) error {
	if err := writeKey(filepath.Join(dir, name+".key"), key); err != nil {
		return err
	}
	return writeCertificate(filepath.Join(dir, name+".crt"), c)
}

// Open opens an authority. It refuses one whose keys others could read.
func Open(dir string) (*Authority, error) {
	a := &Authority{dir: dir}
	if err := checkPrivate(dir); err != nil {
		return nil, fmt.Errorf("open authority in %s: %w", dir, err)
	}
	var err error
	if a.root, a.rootKey, err = readPair(dir, rootName); err != nil {
		return nil, fmt.Errorf("open authority in %s: %w", dir, err)
	}
	a.issuer, a.key, err = readPair(dir, issuingName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.issuer, a.key = a.root, a.rootKey
	case err != nil:
		return nil, fmt.Errorf("open authority in %s: %w", dir, err)
	default:
		if err := a.issuer.CheckSignatureFrom(a.root); err != nil {
			return nil, fmt.Errorf("open authority in %s: %w: issuing CA is not below the root", dir, ErrDamaged)
		}
	}
	if _, err := readIndex(a.path(indexFile)); err != nil {
		return nil, fmt.Errorf("open authority in %s: %w", dir, err)
	}
	return a, nil
}

// Root returns the root: the anchor of those who trust this authority.
func (a *Authority) Root() *x509.Certificate { return a.root }

// Issuer returns the certificate that issues: the issuing CA, or the root
// where there is none.
func (a *Authority) Issuer() *x509.Certificate { return a.issuer }

// Intermediates returns what is needed between a certificate and the root.
func (a *Authority) Intermediates() []*x509.Certificate {
	if bytes.Equal(a.issuer.Raw, a.root.Raw) {
		return nil
	}
	return []*x509.Certificate{a.issuer}
}

// RootFile returns the path of the root certificate (PEM), for programs that
// want a file of anchors.
func (a *Authority) RootFile() string { return a.path(rootName + ".crt") }

// IsDemo tells whether a CA certificate is a demo authority's.
func IsDemo(c *x509.Certificate) bool { return isDemoName(c.Subject.CommonName) }

func (a *Authority) path(name string) string { return filepath.Join(a.dir, name) }

// change does one change of the index, alone among all processes. What fn
// returns without an error is on disk when change returns.
func (a *Authority) change(fn func(*index) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	release, err := lockFile(a.path(lockName))
	if err != nil {
		return err
	}
	defer release()
	ix, err := readIndex(a.path(indexFile))
	if err != nil {
		return err
	}
	if err := fn(ix); err != nil {
		return err
	}
	return ix.write(a.path(indexFile))
}

// sign makes a certificate of a template.
func sign(t *x509.Certificate, public crypto.PublicKey, parent *x509.Certificate, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, t, parent, public, key)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}
