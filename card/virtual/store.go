package virtual

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/crypto/cryptobyte"
)

const countMagic = "LANYARD COUNT 1"

// store is a card's place on the disk: the file, the counter beside it and the
// lock that keeps two processes from spending tries past each other.
type store struct {
	path   string
	device deviceKeys
}

func (s *store) lock(ctx context.Context) (*fileLock, error) { return lockFile(ctx, s.path+".lock") }

// readImage reads the card file without looking at whom it belongs to.
func readImage(path string) (*image, error) {
	raw, err := readLimited(path, MaxFile)
	if err != nil {
		return nil, fmt.Errorf("reading card file: %w", err)
	}
	return parseImage(raw)
}

// load reads the card file and holds it against device and counter. The lock
// must be held.
func (s *store) load() (*image, error) {
	im, err := readImage(s.path)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(mac(s.device.file, im.macked), im.mac) {
		return nil, ErrDevice
	}
	count, err := s.readCount(im.header.serial)
	if err != nil {
		return nil, err
	}
	if im.state.counter < count {
		return nil, fmt.Errorf("%w: it is at change %d, its counter at %d", ErrCopied, im.state.counter, count)
	}
	return im, nil
}

// save writes a changed card. The file goes first: a crash between the two
// leaves a file that is ahead of its counter, which is sound, and no answer
// was given yet.
func (s *store) save(im *image) error {
	im.state.counter++
	if err := s.write(im, true); err != nil {
		return err
	}
	return s.writeCount(im.header.serial, im.state.counter)
}

// giveBack writes a card whose only change is that a try was given back. The
// counter stays: whoever puts the file of a moment ago back wins nothing. A
// crash may lose the writing, and then one try.
func (s *store) giveBack(im *image) error { return s.write(im, false) }

func (s *store) write(im *image, last bool) error {
	octets, err := appendImage(im, func(b []byte) []byte { return mac(s.device.file, b) })
	if err != nil {
		return err
	}
	return replace(s.path, octets, last)
}

func (s *store) countPath() string { return s.path + ".count" }

func (s *store) writeCount(serial [16]byte, count uint64) error {
	var b cryptobyte.Builder
	b.AddBytes([]byte(countMagic))
	b.AddBytes(serial[:])
	b.AddUint64(count)
	octets, err := b.Bytes()
	if err != nil {
		return fmt.Errorf("writing the card's counter: %w", err)
	}
	return replace(s.countPath(), append(octets, mac(s.device.count, octets)...), true)
}

func (s *store) readCount(serial [16]byte) (uint64, error) {
	const size = len(countMagic) + len(serial) + 8
	raw, err := readLimited(s.countPath(), int64(size+macSize))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("%w: its counter is missing", ErrCopied)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the card's counter: %w", err)
	}
	if len(raw) != size+macSize || !hmac.Equal(mac(s.device.count, raw[:size]), raw[size:]) {
		return 0, isDamaged("its counter cannot be read")
	}
	in := cryptobyte.String(raw[size-8 : size])
	var count uint64
	in.ReadUint64(&count)
	return count, nil
}
