package piv

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"lanyard/card"
	"lanyard/card/apdu"
)

// The data objects that are read (SP 800-73-4 part 1, table 3).
const (
	tagHolderID       apdu.Tag = 0x5FC102
	tagAuthentication apdu.Tag = 0x5FC105
	tagSignature      apdu.Tag = 0x5FC10A
)

// The fields inside them.
const (
	tagContent     apdu.Tag = 0x53
	tagGUID        apdu.Tag = 0x34
	tagCertificate apdu.Tag = 0x70
	tagCertInfo    apdu.Tag = 0x71
)

// compressed is the bit of the certificate info that tells of gzip.
const compressed = 0x01

// slot is a key of a PIV card that a person signs with.
type slot struct {
	ref    string // as card.Key.Ref
	id     byte   // the key reference in commands
	object apdu.Tag
	policy card.PINPolicy
}

// slots are the keys that are used: PIV authentication and digital signature.
func slots() []slot {
	return []slot{
		{"9A", 0x9A, tagAuthentication, card.PINOnce},
		{"9C", 0x9C, tagSignature, card.PINAlways},
	}
}

func slotOf(ref string) (slot, error) {
	for _, s := range slots() {
		if s.ref == ref {
			return s, nil
		}
	}
	return slot{}, fmt.Errorf("%w: %q", card.ErrNoKey, ref)
}

// selectCommand selects PIV by its name without the version.
func selectCommand() apdu.Command {
	name := []byte{0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00}
	return apdu.Command{INS: insSelect, P1: 0x04, Data: name, Ne: apdu.MaxShortNe}
}

// selectApplication makes PIV the card's current application. A card that does
// not know it is [card.ErrUnsupported].
func (w *wire) selectApplication(ctx context.Context) error {
	_, s, err := w.exchange(ctx, selectCommand())
	if err != nil {
		return fmt.Errorf("select PIV: %w", err)
	}
	if s != apdu.OK {
		return fmt.Errorf("select PIV: %w: %v", card.ErrUnsupported, s)
	}
	return nil
}

// object reads a data object; ok is false where the card has none.
func (w *wire) object(ctx context.Context, t apdu.Tag) (content []byte, ok bool, err error) {
	list := apdu.AppendTLV(nil, 0x5C, []byte{byte(t >> 16), byte(t >> 8), byte(t)})
	data, s, err := w.exchangeLong(ctx, apdu.Command{INS: insGetData, P1: 0x3F, P2: 0xFF, Data: list})
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("read object %X: %w", uint32(t), err)
	case s == apdu.NotFound:
		return nil, false, nil
	case s != apdu.OK:
		return nil, false, fmt.Errorf("read object %X: %w: %v", uint32(t), card.ErrDamaged, s)
	}
	o, _, err := apdu.NextTLV(data)
	if err != nil || o.Tag != tagContent {
		return nil, false, fmt.Errorf("read object %X: %w: no content in it", uint32(t), errors.Join(card.ErrDamaged, err))
	}
	return o.Value, len(o.Value) > 0, nil
}

// identity tells which card this is: by the GUID it was given for life, else by
// its authentication certificate.
func (w *wire) identity(ctx context.Context) (card.TokenID, error) {
	content, ok, err := w.object(ctx, tagHolderID)
	if err != nil {
		return "", err
	}
	if ok {
		guid, ok, err := apdu.FindTLV(content, tagGUID)
		if err == nil && ok && len(guid) == 16 && !bytes.Equal(guid, make([]byte, 16)) {
			return card.TokenID(hex.EncodeToString(guid)), nil
		}
	}
	content, ok, err = w.object(ctx, tagAuthentication)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("%w: neither a number nor an authentication certificate", card.ErrNoCert)
	}
	sum := sha256.Sum256(content)
	return card.TokenID(hex.EncodeToString(sum[:])), nil
}

// keys reads the certificates in one pass. One that cannot be read does not hide
// the others: only where none can is it an error.
func (w *wire) keys(ctx context.Context, unreadable func(ref string, err error)) ([]card.Key, error) {
	var keys []card.Key
	var damaged error
	for _, s := range slots() {
		content, ok, err := w.object(ctx, s.object)
		if err == nil && !ok {
			continue
		}
		var cert *x509.Certificate
		if err == nil {
			cert, err = certificate(content)
		}
		switch {
		case errors.Is(err, card.ErrDamaged):
			err = fmt.Errorf("certificate %s: %w", s.ref, err)
			unreadable(s.ref, err)
			damaged = errors.Join(damaged, err)
		case err != nil:
			return nil, err
		default:
			keys = append(keys, card.Key{Ref: s.ref, Purpose: card.PurposeOf(cert), Policy: s.policy, Cert: cert})
		}
	}
	if len(keys) == 0 && damaged != nil {
		return nil, damaged
	}
	return keys, nil
}

// certificate takes a certificate out of its object.
func certificate(content []byte) (*x509.Certificate, error) {
	der, ok, err := apdu.FindTLV(content, tagCertificate)
	if err != nil || !ok {
		return nil, fmt.Errorf("%w: no certificate in the object", errors.Join(card.ErrDamaged, err))
	}
	info, _, err := apdu.FindTLV(content, tagCertInfo)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", card.ErrDamaged, err)
	}
	if len(info) > 0 && info[0]&compressed != 0 {
		if der, err = gunzip(der); err != nil {
			return nil, fmt.Errorf("%w: %w", card.ErrDamaged, err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", card.ErrDamaged, err)
	}
	return cert, nil
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, maxObject+1))
	if err != nil {
		return nil, err
	}
	if len(out) > maxObject {
		return nil, fmt.Errorf("more than %d octets when unpacked", maxObject)
	}
	return out, nil
}
