package main

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"lanyard/broker/session"
	"lanyard/card/trust"
)

// certificates reads files of certificates, PEM or DER.
func certificates(paths []string) ([]*x509.Certificate, error) {
	var all []*x509.Certificate
	var errs []error
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, fmt.Errorf("certificates: %w", err))
			continue
		}
		found, err := trust.ReadCertificates(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("certificates in %s: %w", path, err))
		}
		all = append(all, found...)
	}
	return all, errors.Join(errs...)
}

// sealKey reads the key that seals tickets and challenges, and makes it where
// there is none yet. It is one line of base64 that its owner alone may read.
func sealKey(path string) ([]byte, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) { // another server was faster
		return readKey(path)
	} else if err != nil {
		return nil, fmt.Errorf("make key file: %w", err)
	}
	key = session.NewKey()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("make key file: %w", err), os.Remove(path))
	}
	return key, nil
}

// readPrivate reads a short file that its owner alone may read.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkPrivate(fi); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPrivate+1))
	if err == nil && len(text) > maxPrivate {
		err = fmt.Errorf("%s is larger than %d octets", path, maxPrivate)
	}
	return text, err
}

// maxPrivate is the largest file of a key or a password, in octets.
const maxPrivate = 4 << 10

func readKey(path string) ([]byte, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != session.KeySize {
		return nil, fmt.Errorf("key file %s holds no key of %d octets in base64", path, session.KeySize)
	}
	return key, nil
}
