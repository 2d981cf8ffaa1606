package virtual

import (
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"

	"lanyard/card"
)

// pkcs1 makes the signature block of PKCS#1 v1.5 (RFC 8017 part 9.2) that a
// card of plastic would be sent.
func pkcs1(size int, h crypto.Hash, digest []byte) ([]byte, error) {
	oids := map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	oid, ok := oids[h]
	if !ok {
		return nil, fmt.Errorf("%w: digest %v", card.ErrMechanism, h)
	}
	info, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}{pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.NullRawValue}, digest})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", card.ErrMechanism, err)
	}
	if len(info)+11 > size {
		return nil, fmt.Errorf("%w: digest %v does not fit the key", card.ErrMechanism, h)
	}
	block := make([]byte, size)
	for i := range block {
		block[i] = 0xFF
	}
	block[0], block[1] = 0, 1
	block[size-len(info)-1] = 0
	copy(block[size-len(info):], info)
	return block, nil
}
