package virtual

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"lanyard/card"
	"lanyard/card/cardtest"
)

// fixedKey is a device key that is always there.
type fixedKey [32]byte

func (k fixedKey) DeviceKey(context.Context) (*[32]byte, error) {
	key := [32]byte(k)
	return &key, nil
}

var cheap = Cost{Memory: 8, Passes: 1, Lanes: 1}

const (
	testPIN = "48215937"
	testPUK = "90218734"
)

func pin(s string) *card.PIN { return card.NewPIN([]byte(s)) }

func spec(t testing.TB) Spec {
	return Spec{
		Label: "Dr Amara Osei", PIN: pin(testPIN), PUK: pin(testPUK), Alg: P256, Cost: cheap,
		Issue: cardtest.NewIssuer(t).For("555012345678"),
	}
}

func newCard(t testing.TB, change ...func(*Spec)) (*Card, string) {
	t.Helper()
	s := spec(t)
	for _, f := range change {
		f(&s)
	}
	path := filepath.Join(t.TempDir(), "osei.card")
	c, err := Create(t.Context(), path, fixedKey{1}, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c, path
}

func wantTries(t *testing.T, c *Card, pin, puk int) {
	t.Helper()
	gotPIN, gotPUK, err := c.Tries(t.Context())
	if err != nil || gotPIN != pin || gotPUK != puk {
		t.Fatalf("tries are PIN %d, PUK %d (%v), want %d and %d", gotPIN, gotPUK, err, pin, puk)
	}
}

func TestTriesAreSpentAndGivenBack(t *testing.T) {
	c, _ := newCard(t)
	ctx := t.Context()
	wantTries(t, c, 3, 3)
	var refused *card.PINError
	if err := c.VerifyPIN(ctx, pin("11111111")); !errors.As(err, &refused) || refused.Retries != 2 {
		t.Fatalf("wrong PIN: %v", err)
	}
	wantTries(t, c, 2, 3)
	if err := c.VerifyPIN(ctx, pin(testPIN)); err != nil {
		t.Fatal(err)
	}
	wantTries(t, c, 3, 3)
	if _, err := c.Operate(SlotAuthentication, make([]byte, 32)); err != nil {
		t.Fatalf("after the right PIN: %v", err)
	}
	c.Lock()
	if _, err := c.Operate(SlotAuthentication, make([]byte, 32)); !errors.Is(err, ErrNotVerified) {
		t.Fatalf("after Lock: %v", err)
	}
}

func TestWrongPINLocksOpenKeys(t *testing.T) {
	c, _ := newCard(t)
	if err := c.VerifyPIN(t.Context(), pin(testPIN)); err != nil {
		t.Fatal(err)
	}
	if err := c.VerifyPIN(t.Context(), pin("1111")); err == nil {
		t.Fatal("wrong PIN was taken")
	}
	if _, err := c.Operate(SlotAuthentication, make([]byte, 32)); !errors.Is(err, ErrNotVerified) {
		t.Fatalf("keys stayed open: %v", err)
	}
}

func TestBlockedAndUnblocked(t *testing.T) {
	c, _ := newCard(t)
	ctx := t.Context()
	for range 3 {
		_ = c.VerifyPIN(ctx, pin("11111111"))
	}
	if err := c.VerifyPIN(ctx, pin(testPIN)); !errors.Is(err, card.ErrPINBlocked) {
		t.Fatalf("right PIN on a locked card: %v", err)
	}
	var refused *card.PUKError
	if err := c.Unblock(ctx, pin("11111111"), pin("2468")); !errors.As(err, &refused) || refused.Retries != 2 {
		t.Fatalf("wrong PUK: %v", err)
	}
	if err := c.Unblock(ctx, pin(testPUK), pin("2468")); err != nil {
		t.Fatal(err)
	}
	wantTries(t, c, 3, 3)
	if err := c.VerifyPIN(ctx, pin("2468")); err != nil {
		t.Fatalf("new PIN: %v", err)
	}
	for range 3 {
		_ = c.Unblock(ctx, pin("11111111"), pin("2468"))
	}
	if err := c.Unblock(ctx, pin(testPUK), pin("2468")); !errors.Is(err, card.ErrPUKBlocked) {
		t.Fatalf("right PUK with no try left: %v", err)
	}
	wantTries(t, c, 3, 0)
}

func TestChangePIN(t *testing.T) {
	c, path := newCard(t)
	ctx := t.Context()
	if err := c.ChangePIN(ctx, pin(testPIN), pin("123")); !errors.Is(err, card.ErrPINFormat) {
		t.Fatalf("short new PIN: %v", err)
	}
	wantTries(t, c, 3, 3)
	if err := c.ChangePIN(ctx, pin(testPIN), pin("975310")); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, path, fixedKey{1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	var refused *card.PINError
	if err := again.VerifyPIN(ctx, pin(testPIN)); !errors.As(err, &refused) {
		t.Fatalf("old PIN: %v", err)
	}
	if err := again.VerifyPIN(ctx, pin("975310")); err != nil {
		t.Fatalf("new PIN: %v", err)
	}
}

func TestFormOfPINCostsNoTry(t *testing.T) {
	c, _ := newCard(t)
	for _, p := range []*card.PIN{nil, pin(""), pin("123"), pin("12345 78"), card.NewPIN(bytes.Repeat([]byte("7"), 300))} {
		if err := c.VerifyPIN(t.Context(), p); !errors.Is(err, card.ErrPINFormat) {
			t.Errorf("PIN of %d octets: %v", p.Len(), err)
		}
	}
	wantTries(t, c, 3, 3)
}

// TestTrySpentBeforeAnswer: what is on the disk while a PIN is being tried has
// one try less, so that pulling the plug wins nothing.
func TestTrySpentBeforeAnswer(t *testing.T) {
	c, path := newCard(t)
	before, err := readImage(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.try(t.Context(), pinSecret, pin(testPIN), func(*image, []byte) error {
		during, err := readImage(path)
		if err != nil {
			return err
		}
		if during.state.pin != before.state.pin-1 || during.state.counter != before.state.counter+1 {
			t.Errorf("on the disk: %+v, before %+v", during.state, before.state)
		}
		return errors.New("plug pulled")
	}, c.store.save); err == nil {
		t.Fatal("no error")
	}
	wantTries(t, c, 2, 3)
}

func TestRestoredCopy(t *testing.T) {
	c, path := newCard(t)
	ctx := t.Context()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.VerifyPIN(ctx, pin("11111111"))
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.VerifyPIN(ctx, pin(testPIN)); !errors.Is(err, ErrCopied) {
		t.Errorf("open card: %v", err)
	}
	if _, err := Open(ctx, path, fixedKey{1}); !errors.Is(err, ErrCopied) {
		t.Errorf("opening: %v", err)
	}
}

func TestMissingOrForeignCounter(t *testing.T) {
	_, path := newCard(t)
	_, other := newCard(t)
	foreign, err := os.ReadFile(other + ".count")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + ".count"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, fixedKey{1}); !errors.Is(err, ErrCopied) {
		t.Errorf("missing: %v", err)
	}
	if err := os.WriteFile(path+".count", foreign, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, fixedKey{1}); !errors.Is(err, ErrDamaged) {
		t.Errorf("of another card: %v", err)
	}
}

func TestDamage(t *testing.T) {
	_, path := newCard(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	try := func(name string, octets []byte) {
		t.Helper()
		if err := os.WriteFile(path, octets, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), path, fixedKey{1})
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrVersion) || !errors.Is(err, card.ErrDamaged) && !errors.Is(err, ErrVersion) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := range len(whole) {
		if n%7 == 0 || n == len(whole)/2 {
			try("cut", whole[:n])
			flipped := bytes.Clone(whole)
			flipped[n] ^= 1 << (n % 8)
			try("flipped", flipped)
		}
	}
	try("too large", append(bytes.Clone(whole), make([]byte, MaxFile)...))
	try("one more octet", append(bytes.Clone(whole), 0))
}

func TestOtherDevice(t *testing.T) {
	_, path := newCard(t)
	if _, err := Open(t.Context(), path, fixedKey{2}); !errors.Is(err, ErrDevice) {
		t.Errorf("another device's key: %v", err)
	}
}

func TestNoOverwrite(t *testing.T) {
	_, path := newCard(t)
	if _, err := Create(t.Context(), path, fixedKey{1}, spec(t)); !errors.Is(err, os.ErrExist) {
		t.Errorf("second card at the same place: %v", err)
	}
}

// TestNothingInTheClear looks for the private keys in all that is on the disk.
func TestNothingInTheClear(t *testing.T) {
	c, path := newCard(t, func(s *Spec) { s.Alg = RSA2048 })
	if err := c.VerifyPIN(t.Context(), pin(testPIN)); err != nil {
		t.Fatal(err)
	}
	k, err := c.signer(SlotAuthentication)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := k.(*rsa.PrivateKey)
	if !ok {
		t.Fatalf("key is %T", k)
	}
	secrets := [][]byte{key.D.Bytes(), key.Primes[0].Bytes(), key.Primes[1].Bytes(), []byte(testPIN), []byte(testPUK), bytes.Repeat([]byte{1}, 32)}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		octets, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range secrets {
			if bytes.Contains(octets, s) {
				t.Errorf("%s holds secret %d", filepath.Base(f), i)
			}
		}
	}
	d := key.D
	c.Lock()
	for _, w := range d.Bits() {
		if w != 0 {
			t.Fatal("private exponent is still in memory after Lock")
		}
	}
}

func TestOperateRSA(t *testing.T) {
	c, _ := newCard(t, func(s *Spec) { s.Alg = RSA2048 })
	if err := c.VerifyPIN(t.Context(), pin(testPIN)); err != nil {
		t.Fatal(err)
	}
	pub, ok := c.Pairs()[0].Cert.PublicKey.(*rsa.PublicKey)
	if !ok {
		t.Fatal("no RSA key")
	}
	sum := sha256.Sum256([]byte("x"))
	block, err := card.SignatureBlock(pub.Size(), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	sig, err := c.Operate(SlotAuthentication, block)
	if err != nil {
		t.Fatal(err)
	}
	if err := rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum[:], sig); err != nil {
		t.Error(err)
	}
	raw := make([]byte, pub.Size())
	_, _ = rand.Read(raw[1:])
	out, err := c.Operate(SlotAuthentication, raw)
	if err != nil {
		t.Fatal(err)
	}
	back := new(big.Int).Exp(new(big.Int).SetBytes(out), big.NewInt(int64(pub.E)), pub.N)
	if !bytes.Equal(back.FillBytes(make([]byte, pub.Size())), raw) {
		t.Error("bare operation does not invert")
	}
	for _, bad := range [][]byte{nil, raw[1:], bytes.Repeat([]byte{0xFF}, pub.Size())} {
		if _, err := c.Operate(SlotAuthentication, bad); !errors.Is(err, card.ErrMechanism) {
			t.Errorf("block of %d octets: %v", len(bad), err)
		}
	}
}

func TestSpecRefused(t *testing.T) {
	for name, change := range map[string]func(*Spec){
		"no PIN":        func(s *Spec) { s.PIN = nil },
		"long PUK":      func(s *Spec) { s.PUK = pin("123456789") },
		"no label":      func(s *Spec) { s.Label = "" },
		"control label": func(s *Spec) { s.Label = "a\nb" },
		"no CA":         func(s *Spec) { s.Issue = nil },
		"tries":         func(s *Spec) { s.PINTries = 99 },
		"cost":          func(s *Spec) { s.Cost = Cost{Memory: 1 << 30, Passes: 1, Lanes: 1} },
		"kind":          func(s *Spec) { s.Alg = 9 },
	} {
		s := spec(t)
		change(&s)
		path := filepath.Join(t.TempDir(), "x.card")
		if _, err := Create(t.Context(), path, fixedKey{}, s); err == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file was left", name)
		}
	}
}
