package card

import (
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// DigestInfo names a digest's algorithm in front of it (RFC 8017 part 9.2): what
// RSA signs. A hash that no card is asked for, or a digest of another size, is
// [ErrMechanism].
func DigestInfo(h crypto.Hash, digest []byte) ([]byte, error) {
	oids := map[crypto.Hash]asn1.ObjectIdentifier{
		crypto.SHA1:   {1, 3, 14, 3, 2, 26},
		crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2},
		crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3},
	}
	oid, ok := oids[h]
	if !ok {
		return nil, fmt.Errorf("%w: digest %v", ErrMechanism, h)
	}
	if len(digest) != h.Size() {
		return nil, fmt.Errorf("%w: digest of %d octets is no %v", ErrMechanism, len(digest), h)
	}
	info, err := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}{pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.NullRawValue}, digest})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMechanism, err)
	}
	return info, nil
}

// SignatureBlock puts the padding of PKCS#1 v1.5 round a DigestInfo, to size
// octets, the length of the modulus: what a card raises to its private exponent.
func SignatureBlock(size int, h crypto.Hash, digest []byte) ([]byte, error) {
	info, err := DigestInfo(h, digest)
	if err != nil {
		return nil, err
	}
	if len(info)+11 > size {
		return nil, fmt.Errorf("%w: %v does not fit a key of %d octets", ErrMechanism, h, size)
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
