package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"

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
