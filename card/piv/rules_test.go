package piv_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"lanyard/card"
	"lanyard/card/apdu"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet/applettest"
)

func digest(s string) []byte {
	d := sha256.Sum256([]byte(s))
	return d[:]
}

func TestSignaturesOfEveryKind(t *testing.T) {
	d1 := sha1.Sum([]byte("text"))
	for name, kind := range map[string]applettest.Kind{
		"RSA 1024": applettest.RSA(1024), "RSA 3072": applettest.RSA(3072), "RSA 4096": applettest.RSA(4096),
		"P-256": applettest.P256, "P-384": applettest.P384,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := newContact(t, applettest.New(t, applettest.Once(kind)), "").open(t, piv.Options{})
			k := keyFor(t, token, card.ContentCommitment)
			for h, d := range map[crypto.Hash][]byte{crypto.SHA1: d1[:], crypto.SHA256: digest("text")} {
				asked := 0
				sig, err := token.Sign(t.Context(), k, d, h, types(applettest.PIN, &asked))
				if err != nil {
					t.Fatal(err)
				}
				switch pub := k.Public().(type) {
				case *rsa.PublicKey: // by arithmetic: the standard library refuses RSA 1024
					m := new(big.Int).SetBytes(sig)
					m.Exp(m, big.NewInt(int64(pub.E)), pub.N)
					want, err := card.SignatureBlock(pub.Size(), h, d)
					if err != nil || !bytes.Equal(m.FillBytes(make([]byte, pub.Size())), want) {
						t.Errorf("%v: signature does not verify: %v", h, err)
					}
				case *ecdsa.PublicKey:
					if !ecdsa.VerifyASN1(pub, d, sig) {
						t.Errorf("%v: signature does not verify", h)
					}
				}
			}
		})
	}
}

func TestWhatCannotBeSigned(t *testing.T) {
	token := newContact(t, applettest.New(t, applettest.P256), "").open(t, piv.Options{})
	k := keyFor(t, token, card.Authentication)
	asked := 0
	for name, c := range map[string]struct {
		k    card.Key
		o    crypto.SignerOpts
		want error
	}{
		"PSS":                 {k, &rsa.PSSOptions{Hash: crypto.SHA256}, card.ErrMechanism},
		"a hash unheard of":   {k, crypto.Hash(99), card.ErrMechanism},
		"no hash":             {k, crypto.Hash(0), card.ErrMechanism},
		"without certificate": {card.Key{Ref: "9A"}, crypto.SHA256, card.ErrNoCert},
		"the management key":  {card.Key{Ref: "9B", Cert: k.Cert}, crypto.SHA256, card.ErrNoKey},
	} {
		if _, err := token.Sign(t.Context(), c.k, digest(""), c.o, types(applettest.PIN, &asked)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if asked != 0 {
		t.Errorf("asked for a PIN %d times", asked)
	}
}

func TestNothingIsHeldWhileAPersonThinks(t *testing.T) {
	c := newContact(t, applettest.New(t, applettest.P256), "")
	token := c.open(t, piv.Options{})
	k := keyFor(t, token, card.Authentication)
	before := 0
	src := card.PINFunc(func(ctx context.Context, p card.PINPrompt) (*card.PIN, error) {
		if c.held != 0 {
			t.Error("the card is held")
		}
		if p.Retries != applettest.Tries || p.Last || p.Count != 1 {
			t.Errorf("prompt %+v", p)
		}
		// Another program uses the card meanwhile, and resets it.
		c.chip.Reset()
		c.begins = []error{card.ErrReset}
		before = len(c.log)
		return card.NewPIN([]byte(applettest.PIN)), nil
	})
	if _, err := token.Sign(t.Context(), k, digest("x"), crypto.SHA256, src); err != nil {
		t.Fatal(err)
	}
	var ins []string
	for _, header := range c.log[before:] {
		ins = append(ins, fmt.Sprintf("%X", header[1:3]))
	}
	if got, want := fmt.Sprint(ins), "[A404 CB3F 2000 8711 20FF]"; got != want {
		t.Errorf("after the PIN: %s, want %s", got, want)
	}
}

func TestAnotherCardInItsPlace(t *testing.T) {
	c := newContact(t, applettest.New(t, applettest.P256), "")
	token := c.open(t, piv.Options{})
	k := keyFor(t, token, card.Authentication)
	src := card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		c.refuse = object(0x02, apdu.AppendTLV(nil, 0x34, bytes.Repeat([]byte{9}, 16)))
		return card.NewPIN([]byte(applettest.PIN)), nil
	})
	if _, err := token.Sign(t.Context(), k, digest("x"), crypto.SHA256, src); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("%v, want ErrRemoved", err)
	}
	if tally := c.player.Tally(); tally.Accepted+tally.Refused+tally.Unanswered != 0 {
		t.Errorf("the PIN was sent to another card: %+v", tally)
	}
	if _, err := token.Retries(t.Context()); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("afterwards: %v, want ErrRemoved", err)
	}
}

// The card cannot drop a PIN by command: it is reset instead.
func TestDropByReset(t *testing.T) {
	for _, s := range []apdu.Status{apdu.UnknownInstruction, apdu.WrongP1P2} {
		t.Run(s.String(), func(t *testing.T) {
			c := newContact(t, applettest.New(t, applettest.P256), fmt.Sprintf("every drop answer %04X", uint16(s)))
			token := c.open(t, piv.Options{})
			k := keyFor(t, token, card.Authentication)
			for i := range 2 {
				asked := 0
				if _, err := token.Sign(t.Context(), k, digest("x"), crypto.SHA256, types(applettest.PIN, &asked)); err != nil {
					t.Fatal(err)
				}
				if c.resets != i+1 || c.verified(t) {
					t.Errorf("%d resets, PIN state up: %v", c.resets, c.verified(t))
				}
			}
			c.connect = func() error { return card.ErrNoCard }
			if _, err := token.Retries(t.Context()); !errors.Is(err, card.ErrRemoved) {
				t.Errorf("card gone after the reset: %v", err)
			}
		})
	}
}

func TestKeepPINState(t *testing.T) {
	c := newContact(t, applettest.New(t, applettest.P256), "")
	token := c.open(t, piv.Options{KeepPINState: true})
	auth, commit := keyFor(t, token, card.Authentication), keyFor(t, token, card.ContentCommitment)
	asked := 0
	for i, k := range []card.Key{auth, auth, commit, auth} {
		if _, err := token.Sign(t.Context(), k, digest("x"), crypto.SHA256, types(applettest.PIN, &asked)); err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 1, 2, 2}[i]; asked != want {
			t.Errorf("signature %d: asked %d times, want %d", i+1, asked, want)
		}
	}
	if !c.verified(t) {
		t.Error("the PIN state was dropped")
	}
	if n, err := token.Retries(t.Context()); n != -1 || err != nil {
		t.Errorf("tries while verified: %d %v", n, err)
	}
}

// A PIN state that another program left counts for nothing.
func TestStateOfAnotherProgram(t *testing.T) {
	c := newContact(t, applettest.New(t, applettest.P256), "")
	token := c.open(t, piv.Options{})
	leave := func() {
		command := append([]byte{0x00, 0x20, 0x00, 0x80, 0x08}, applettest.PIN+"\xFF\xFF"...)
		if _, err := c.chip.Transmit(t.Context(), command); err != nil || !c.verified(t) {
			t.Fatal("PIN state is not up")
		}
	}
	leave()
	if n, err := token.Retries(t.Context()); n != applettest.Tries || err != nil || c.verified(t) {
		t.Errorf("%d tries, %v", n, err)
	}
	leave()
	asked := 0
	if _, err := token.Sign(t.Context(), keyFor(t, token, card.Authentication), digest("x"), crypto.SHA256, types(applettest.PIN, &asked)); err != nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

// What held the PIN is wiped, whatever the card said.
func TestCommandsAreWiped(t *testing.T) {
	for name, pin := range map[string]string{"accepted": applettest.PIN, "refused": "999999"} {
		t.Run(name, func(t *testing.T) {
			c := newContact(t, applettest.New(t, applettest.P256), "")
			var sent [][]byte
			c.refuse = func(command []byte) ([]byte, error) {
				if command[1] == 0x20 && len(command) > 5 {
					sent = append(sent, command[:cap(command)])
				}
				return nil, nil
			}
			token := c.open(t, piv.Options{})
			asked := 0
			_, _ = token.Sign(t.Context(), keyFor(t, token, card.Authentication), digest("x"), crypto.SHA256, types(pin, &asked))
			if len(sent) != 1 {
				t.Fatalf("PIN sent %d times", len(sent))
			}
			if !bytes.Equal(sent[0], make([]byte, len(sent[0]))) {
				t.Errorf("command is not wiped: %X", sent[0])
			}
		})
	}
}

func TestCardThatDoesNotTell(t *testing.T) {
	c := newContact(t, applettest.New(t, applettest.P256), "every status answer 6700\nat verify 1 answer 6300")
	token := c.open(t, piv.Options{})
	if n, err := token.Retries(t.Context()); n != -1 || err != nil {
		t.Errorf("tries: %d %v", n, err)
	}
	asked := 0
	_, err := token.Sign(t.Context(), keyFor(t, token, card.Authentication), digest("x"), crypto.SHA256, types(applettest.PIN, &asked))
	var refused *card.PINError
	if !errors.As(err, &refused) || refused.Retries != -1 {
		t.Errorf("%v, want a refused PIN without a count", err)
	}
}

func TestRefusedSignatures(t *testing.T) {
	for s, want := range map[apdu.Status]error{
		apdu.SecurityStatus: card.ErrReset, apdu.ReferenceNotFound: card.ErrNoKey, apdu.WrongData: card.ErrMechanism, 0x6F00: card.ErrDamaged,
	} {
		c := newContact(t, applettest.New(t, applettest.P256), fmt.Sprintf("every sign answer %04X", uint16(s)))
		token := c.open(t, piv.Options{})
		asked := 0
		_, err := token.Sign(t.Context(), keyFor(t, token, card.Authentication), digest("x"), crypto.SHA256, types(applettest.PIN, &asked))
		if !errors.Is(err, want) || c.verified(t) {
			t.Errorf("%v: %v, want %v; PIN state up: %v", s, err, want, c.verified(t))
		}
	}
	for name, answer := range map[string][]byte{
		"nothing": {}, "no template": {0x53, 0}, "no signature": {0x7C, 0}, "an empty signature": {0x7C, 2, 0x82, 0}, "cut short": {0x7C, 9},
	} {
		c := newContact(t, applettest.New(t, applettest.P256), "")
		c.refuse = func(command []byte) ([]byte, error) {
			if command[1] == 0x87 {
				return apdu.OK.Append(bytes.Clone(answer)), nil
			}
			return nil, nil
		}
		token := c.open(t, piv.Options{})
		asked := 0
		_, err := token.Sign(t.Context(), keyFor(t, token, card.Authentication), digest("x"), crypto.SHA256, types(applettest.PIN, &asked))
		if !errors.Is(err, card.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
}
