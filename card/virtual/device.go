package virtual

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// DeviceKeys keeps the key of this device and user, without which no card file
// made here can be opened.
type DeviceKeys interface {
	// DeviceKey returns the 256-bit key, which is made at the first call ever.
	// The caller wipes it.
	DeviceKey(ctx context.Context) (*[32]byte, error)
}

// Place is where a device key is kept.
type Place int

// The places a device key is kept in.
const (
	NoPlace   Place = iota // none was made yet
	InKeyring              // the keyring of the desktop
	InFile                 // a file that only its owner can read
)

// String names the place for logs and reports.
func (p Place) String() string {
	switch p {
	case InKeyring:
		return "keyring"
	case InFile:
		return "file"
	default:
		return "nowhere"
	}
}

// Device keeps the device key in the keyring, or, where there was no keyring
// when the key was made, in a file of its own in Dir. Where it is kept never
// changes by itself: a keyring that does not answer later is [ErrKeyring] and
// no new key is made, which would make all cards useless.
type Device struct {
	Dir  string // folder, made 0700; holds the key file or the note that the keyring has it
	Ring Ring   // nil: there is no keyring, the file is used
}

const (
	keyFile   = "device.key"     // the key, where no keyring was there
	whyFile   = "device.why"     // why it is in a file
	ringFile  = "device.keyring" // empty: the keyring has it
	deviceMax = 4 << 10
)

// DeviceKey returns the key, made at first use.
func (d *Device) DeviceKey(ctx context.Context) (*[32]byte, error) {
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	held, err := lockFile(ctx, filepath.Join(d.Dir, "device.lock"))
	if err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	defer held.release()
	place, _, err := d.Where()
	if err != nil {
		return nil, err
	}
	switch place {
	case InFile:
		return d.fromFile()
	case InKeyring:
		return d.fromRing(ctx)
	default:
		return d.make(ctx)
	}
}

// Where tells where the key is kept and, for a file, why it is not in the
// keyring. It asks no keyring.
func (d *Device) Where() (p Place, why string, err error) {
	if _, err := os.Stat(d.path(keyFile)); err == nil {
		why, err := readLimited(d.path(whyFile), deviceMax)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return InFile, "", fmt.Errorf("device key: %w", err)
		}
		return InFile, string(why), nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return NoPlace, "", fmt.Errorf("device key: %w", err)
	}
	if _, err := os.Stat(d.path(ringFile)); err == nil {
		return InKeyring, "", nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return NoPlace, "", fmt.Errorf("device key: %w", err)
	}
	return NoPlace, "", nil
}

func (d *Device) path(name string) string { return filepath.Join(d.Dir, name) }

func (d *Device) make(ctx context.Context) (*[32]byte, error) {
	why := errors.New("this build or desktop has no keyring")
	if d.Ring != nil {
		key, err := d.intoRing(ctx)
		if err == nil {
			return key, nil
		}
		why = err
	}
	var key [32]byte
	_, _ = rand.Read(key[:])
	text := encodeKey(&key)
	defer clear(text)
	if err := replace(d.path(whyFile), []byte(why.Error()), true); err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	if err := replace(d.path(keyFile), text, true); err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	return &key, nil
}

// intoRing puts a new key into the keyring, reads it back and notes that it is
// there. A key that is there already, of an earlier folder, is taken over.
func (d *Device) intoRing(ctx context.Context) (*[32]byte, error) {
	text, err := d.Ring.Get(ctx)
	if errors.Is(err, ErrNotInRing) {
		var key [32]byte
		_, _ = rand.Read(key[:])
		fresh := encodeKey(&key)
		clear(key[:])
		err = d.Ring.Set(ctx, fresh)
		clear(fresh)
		if err == nil {
			text, err = d.Ring.Get(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	defer clear(text)
	key, err := decodeKey(text)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if err := replace(d.path(ringFile), nil, true); err != nil {
		return nil, err
	}
	return key, nil
}

func (d *Device) fromRing(ctx context.Context) (*[32]byte, error) {
	if d.Ring == nil {
		return nil, fmt.Errorf("%w: this program runs without one", ErrKeyring)
	}
	text, err := d.Ring.Get(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyring, err)
	}
	defer clear(text)
	return decodeKey(text)
}

func (d *Device) fromFile() (*[32]byte, error) {
	info, err := os.Stat(d.path(keyFile))
	if err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	if !private(info) {
		return nil, fmt.Errorf("device key: others may read %s: make it 0600 and have new cards made", keyFile)
	}
	text, err := readLimited(d.path(keyFile), deviceMax)
	if err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	defer clear(text)
	return decodeKey(text)
}

func encodeKey(key *[32]byte) []byte { return base64.StdEncoding.AppendEncode(nil, key[:]) }

func decodeKey(text []byte) (*[32]byte, error) {
	raw, err := base64.StdEncoding.AppendDecode(nil, text)
	defer clear(raw)
	if err != nil || len(raw) != 32 {
		return nil, errors.New("device key: what is kept is not a key of 256 bits")
	}
	key := [32]byte(raw)
	return &key, nil
}
