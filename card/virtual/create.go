package virtual

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode"
	"unicode/utf8"

	"lanyard/card"
)

// Algorithm is the kind of a card's key pairs.
type Algorithm int

// The kinds of key pairs.
const (
	RSA2048 Algorithm = iota
	P256
)

// The PIV key references of the two key pairs.
const (
	SlotAuthentication    byte = 0x9A
	SlotContentCommitment byte = 0x9C
)

// Spec tells what card to make.
type Spec struct {
	Serial [16]byte // zero: a random one
	Label  string   // what the card is called, at most 64 octets
	PIN    *card.PIN
	PUK    *card.PIN // of the form of a PIN
	Alg    Algorithm

	// PINTries and PUKTries are the wrong ones allowed in a row; 0 is 3.
	PINTries, PUKTries int
	// CommitOnce makes the content-commitment key want the PIN once, not
	// directly before every signature as real cards do.
	CommitOnce bool
	// Cost of one guess; zero is [DefaultCost].
	Cost Cost

	// Issue certifies a new key: the CA.
	Issue func(card.Purpose, crypto.PublicKey) (*x509.Certificate, error)
	// Expired, where set, certifies the same key once more with a validity
	// that is over. The card shows it when a fault script says "expired".
	Expired func(card.Purpose, crypto.PublicKey) (*x509.Certificate, error)
}

const defaultTries = 3

// check finds what is wrong with a spec and fills in what it leaves open.
func (s *Spec) check() error {
	if err := s.PIN.Check(); err != nil {
		return err
	}
	if err := s.PUK.Check(); err != nil {
		return fmt.Errorf("PUK: %w", err)
	}
	if s.Label == "" || len(s.Label) > maxLabel || !utf8.ValidString(s.Label) {
		return fmt.Errorf("the label has 1 to %d octets of text", maxLabel)
	}
	for _, r := range s.Label {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("the label holds a character that cannot be shown: %U", r)
		}
	}
	if s.PINTries == 0 {
		s.PINTries = defaultTries
	}
	if s.PUKTries == 0 {
		s.PUKTries = defaultTries
	}
	if s.PINTries < 1 || s.PINTries > maxTries || s.PUKTries < 1 || s.PUKTries > maxTries {
		return fmt.Errorf("a card allows 1 to %d tries", maxTries)
	}
	if s.Cost == (Cost{}) {
		s.Cost = DefaultCost()
	}
	if s.Issue == nil {
		return errors.New("a new card wants a CA that certifies its keys")
	}
	if s.Serial == [16]byte{} {
		_, _ = rand.Read(s.Serial[:])
	}
	return s.Cost.check()
}

// Create makes a new card in a file at path, which must not exist, and opens
// it. The caller keeps the spec's secrets and wipes them.
func Create(ctx context.Context, path string, keys DeviceKeys, s Spec) (*Card, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("making a card: %w", err)
	}
	device, err := keys.DeviceKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("making a card: %w", err)
	}
	defer clear(device[:])
	st := store{path: path}
	if st.device, err = deriveDevice(device, s.Serial); err != nil {
		return nil, err
	}
	defer st.device.wipe()
	im, err := s.image(st.device)
	if err != nil {
		return nil, fmt.Errorf("making a card: %w", err)
	}
	if err := st.create(ctx, im); err != nil {
		return nil, fmt.Errorf("making a card: %w", err)
	}
	return Open(ctx, path, keys)
}

// create writes a card file where none is, and the folder it is to be in.
func (s *store) create(ctx context.Context, im *image) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	held, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer held.release()
	if _, err := os.Lstat(s.path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: a card file is never overwritten", fs.ErrExist)
	}
	return s.save(im)
}

// image makes key pairs, has them certified and seals them.
func (s *Spec) image(d deviceKeys) (*image, error) {
	h := header{serial: s.Serial, label: s.Label, pinTries: uint8(s.PINTries), pukTries: uint8(s.PUKTries)}
	private := privateKeys{}
	defer private.wipe()
	for _, slot := range []byte{SlotAuthentication, SlotContentCommitment} {
		purpose := card.Authentication
		if slot == SlotContentCommitment {
			purpose = card.ContentCommitment
		}
		k, err := s.Alg.generate()
		if err != nil {
			return nil, err
		}
		private[slot] = k
		pub := publicKey{slot: slot, purpose: purpose}
		if purpose == card.ContentCommitment && !s.CommitOnce {
			pub.policy = card.PINAlways
		}
		if pub.cert, err = certify(s.Issue, purpose, k.Public()); err != nil {
			return nil, err
		}
		if s.Expired != nil {
			if pub.expired, err = certify(s.Expired, purpose, k.Public()); err != nil {
				return nil, err
			}
		}
		h.keys = append(h.keys, pub)
	}
	return s.seal(h, private, d)
}

func (s *Spec) seal(h header, private privateKeys, d deviceKeys) (*image, error) {
	head, err := appendHead(h)
	if err != nil {
		return nil, err
	}
	cardKey := make([]byte, keySize)
	_, _ = rand.Read(cardKey)
	defer clear(cardKey)
	im := &image{header: h, head: head, state: state{pin: h.pinTries, puk: h.pukTries}}
	if im.vault, err = sealKeys(cardKey, head, private); err != nil {
		return nil, err
	}
	if im.pin, err = newLock(pinSecret, head, s.PIN.Octets(), d.secret, cardKey, s.Cost); err != nil {
		return nil, err
	}
	im.puk, err = newLock(pukSecret, head, s.PUK.Octets(), d.secret, cardKey, s.Cost)
	return im, err
}

func (a Algorithm) generate() (crypto.Signer, error) {
	switch a {
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		return nil, fmt.Errorf("no such kind of key: %d", a)
	}
}

// certify has a key certified and looks whether the certificate is for it.
func certify(issue func(card.Purpose, crypto.PublicKey) (*x509.Certificate, error), p card.Purpose, pub crypto.PublicKey) ([]byte, error) {
	cert, err := issue(p, pub)
	if err != nil {
		return nil, fmt.Errorf("certifying the %v key: %w", p, err)
	}
	same, ok := pub.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !same.Equal(cert.PublicKey) || card.PurposeOf(cert) != p {
		return nil, fmt.Errorf("certifying the %v key: the CA answered with a certificate of another key or purpose", p)
	}
	if len(cert.Raw) > maxCert {
		return nil, fmt.Errorf("certifying the %v key: certificate of %d octets, at most %d fit", p, len(cert.Raw), maxCert)
	}
	return cert.Raw, nil
}
