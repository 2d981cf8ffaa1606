package virtual

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"testing"
)

func TestImageRoundTrip(t *testing.T) {
	_, path := newCard(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	im, err := parseImage(raw)
	if err != nil {
		t.Fatal(err)
	}
	head, err := appendHead(im.header)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(head, im.head) {
		t.Error("header reads back otherwise")
	}
	again, err := appendImage(im, func([]byte) []byte { return im.mac })
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, raw) {
		t.Error("file reads back otherwise")
	}
}

// TestCostInFileIsBounded: a file must not be able to ask for all memory, even
// one with a good checksum.
func TestCostInFileIsBounded(t *testing.T) {
	_, path := newCard(t)
	im, err := readImage(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, cost := range []Cost{{}, {Memory: 1 << 31, Passes: 1, Lanes: 1}, {Memory: 64, Passes: 200, Lanes: 1}, {Memory: 64, Passes: 1, Lanes: 100}, {Memory: 7, Passes: 1, Lanes: 1}} {
		im.pin.cost = cost
		raw, err := appendImage(im, func([]byte) []byte { return im.mac })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseImage(raw); !errors.Is(err, ErrDamaged) {
			t.Errorf("%+v: %v", cost, err)
		}
	}
}

func TestNewerVersion(t *testing.T) {
	_, path := newCard(t)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(magic)] = version + 1
	if _, err := parseImage(raw); !errors.Is(err, ErrVersion) {
		t.Error(err)
	}
}

// TestSecretsAreNotExchangeable: the PUK's seal in the PIN's place opens nothing.
func TestSecretsAreNotExchangeable(t *testing.T) {
	c, path := newCard(t)
	im, err := readImage(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := im.puk.open(pukSecret, im.head, []byte(testPUK), c.store.device.secret); !ok || err != nil {
		t.Fatalf("PUK: %v, %v", ok, err)
	}
	if _, ok, _ := im.puk.open(pinSecret, im.head, []byte(testPUK), c.store.device.secret); ok {
		t.Error("the PUK opens the PIN's lock")
	}
	if _, ok, _ := im.pin.open(pinSecret, append(im.head, 0), []byte(testPIN), c.store.device.secret); ok {
		t.Error("the lock does not cover the header")
	}
	if _, ok, _ := im.pin.open(pinSecret, im.head, []byte(testPIN), make([]byte, 32)); ok {
		t.Error("the lock opens without the device's key")
	}
}

// FuzzCardFile gives the parser octets with a good checksum, else nothing would
// get past it.
func FuzzCardFile(f *testing.F) {
	_, path := newCard(f)
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	body := raw[:len(raw)-totalSize]
	f.Add(body)
	f.Add(body[:len(body)/2])
	f.Add([]byte(magic + "\x01"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		im, err := parseImage(append(bytes.Clone(body), sum[:]...))
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		again, err := appendImage(im, func([]byte) []byte { return im.mac })
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if !bytes.Equal(again[:len(again)-totalSize], body) {
			t.Error("file reads back otherwise")
		}
		if _, err := pairs(im.header.keys); err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("certificates: %v", err)
		}
	})
}
