package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// MaxCertificates limits [ReadCertificates], in octets and in number.
const (
	MaxCertificateFile = 4 << 20
	MaxCertificates    = 1000
)

// ReadCertificates reads the certificates of a file: one in DER, or any number
// in PEM. Other PEM blocks are refused, so that a file with a private key in
// it is noticed.
func ReadCertificates(b []byte) ([]*x509.Certificate, error) {
	if len(b) > MaxCertificateFile {
		return nil, fmt.Errorf("certificate file is larger than %d octets", MaxCertificateFile)
	}
	ders, err := blocks(b, "CERTIFICATE", MaxCertificates)
	if err != nil {
		return nil, err
	}
	certs := make([]*x509.Certificate, 0, len(ders))
	for i, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate %d of the file: %w", i+1, err)
		}
		certs = append(certs, c)
	}
	return certs, nil
}

// blocks returns the DER values of a file that is one DER value or PEM blocks
// of one kind.
func blocks(b []byte, kind string, limit int) ([][]byte, error) {
	if len(b) > 0 && b[0] == 0x30 {
		return [][]byte{b}, nil
	}
	var ders [][]byte
	for {
		block, rest := pem.Decode(b)
		if block == nil {
			break
		}
		if block.Type != kind {
			return nil, fmt.Errorf("file holds a %s where only %s is expected", block.Type, kind)
		}
		if len(ders) == limit {
			return nil, fmt.Errorf("file holds more than %d blocks", limit)
		}
		ders, b = append(ders, block.Bytes), rest
	}
	if len(ders) == 0 {
		return nil, errors.New("file holds neither DER nor PEM")
	}
	if bytes.Contains(b, []byte("-----BEGIN")) {
		return nil, errors.New("file ends in a PEM block that is cut off")
	}
	return ders, nil
}
