package piv_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"testing"

	"lanyard/card"
	"lanyard/card/apdu"
	"lanyard/card/piv"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
)

func status(s apdu.Status) []byte { return s.Append(nil) }

func TestCertificatesInOnePass(t *testing.T) {
	c := newContact(t, applettest.New(t, applettest.P256), "")
	token := c.open(t, piv.Options{})
	if n := len(c.log); n != 4 {
		t.Errorf("opening takes %d commands, want 4: select, number, two certificates\n%X", n, c.log)
	}
	if token.Label() != applettest.UID {
		t.Errorf("label %q", token.Label())
	}
	for range 2 { // from what opening read, then from the card
		keys, err := token.Keys(t.Context())
		if err != nil || len(keys) != 2 {
			t.Fatalf("%d keys, %v", len(keys), err)
		}
		for i, want := range []card.Key{
			{Ref: "9A", Purpose: card.Authentication, Policy: card.PINOnce},
			{Ref: "9C", Purpose: card.ContentCommitment, Policy: card.PINAlways},
		} {
			k := keys[i]
			slot := applet.Slot(0x9A + 2*i)
			if k.Ref != want.Ref || k.Purpose != want.Purpose || k.Policy != want.Policy || !bytes.Equal(k.Cert.Raw, c.b.Certificate(slot)) {
				t.Errorf("key %d: %s %v %v", i, k.Ref, k.Purpose, k.Policy)
			}
		}
	}
}

// Old cards and readers refuse extended lengths, each in its own way.
func TestShortLengths(t *testing.T) {
	for name, refusal := range map[string]func() ([]byte, error){
		"by a status":      func() ([]byte, error) { return status(apdu.WrongLength), nil },
		"by the class":     func() ([]byte, error) { return status(apdu.UnknownClass), nil },
		"by the transport": func() ([]byte, error) { return nil, errors.New("SCARD_E_NOT_TRANSACTED") },
	} {
		t.Run(name, func(t *testing.T) {
			c := newContact(t, applettest.New(t, applettest.RSA(1024)), "")
			refused := 0
			c.refuse = func(command []byte) ([]byte, error) {
				if cmd, err := apdu.Parse(command); err == nil && cmd.Extended() {
					refused++
					return refusal()
				}
				return nil, nil
			}
			token := c.open(t, piv.Options{})
			keys, err := token.Keys(t.Context())
			if err != nil || len(keys) != 2 {
				t.Fatalf("%d keys, %v", len(keys), err)
			}
			if refused != 1 {
				t.Errorf("extended length tried %d times", refused)
			}
			if c.resets != 0 {
				t.Error("the card was reset")
			}
		})
	}
}

func zipped(t *testing.T, der []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(der); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// object answers GET DATA for a tag with content instead of the card.
func object(tag byte, content []byte) func([]byte) ([]byte, error) {
	return func(command []byte) ([]byte, error) {
		cmd, err := apdu.Parse(command)
		if err != nil || cmd.INS != 0xCB || cmd.Data[4] != tag {
			return nil, nil
		}
		if content == nil {
			return status(apdu.NotFound), nil
		}
		return apdu.OK.Append(apdu.AppendTLV(nil, 0x53, content)), nil
	}
}

func TestCertificateObjects(t *testing.T) {
	b := applettest.New(t, applettest.P256)
	der := b.Certificate(applet.SlotAuthentication)
	build := func(cert []byte, info ...byte) []byte {
		return apdu.AppendTLV(apdu.AppendTLV(nil, 0x70, cert), 0x71, info)
	}
	bomb := zipped(t, make([]byte, 1<<20))
	for _, c := range []struct {
		name    string
		content []byte
		keys    int
	}{
		{"plain", build(der, 0), 2},
		{"compressed", build(zipped(t, der), 1), 2},
		{"without info", apdu.AppendTLV(nil, 0x70, der), 2},
		{"not there", nil, 1},
		{"empty", []byte{}, 1},
		{"no certificate in it", []byte{0x71, 1, 0}, 1},
		{"cut short", []byte{0x70, 0x82, 0x10}, 1},
		{"not a certificate", build([]byte("x"), 0), 1},
		{"said to be compressed and is not", build(der, 1), 1},
		{"unpacks to too much", build(bomb, 1), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			con := newContact(t, b, "")
			con.refuse = object(0x05, c.content)
			keys, err := con.open(t, piv.Options{}).Keys(t.Context())
			if err != nil || len(keys) != c.keys {
				t.Fatalf("%d keys, want %d: %v", len(keys), c.keys, err)
			}
		})
	}
	t.Run("none can be read", func(t *testing.T) {
		broken := applettest.New(t, applettest.P256)
		broken.SetCertificate(applet.SlotAuthentication, []byte("x"))
		broken.SetCertificate(applet.SlotSignature, []byte("y"))
		_, err := newContact(t, broken, "").opener(piv.Options{}).Open(t.Context(), card.Event{})
		if !errors.Is(err, card.ErrDamaged) {
			t.Errorf("%v, want ErrDamaged", err)
		}
	})
	t.Run("a card without end", func(t *testing.T) {
		con := newContact(t, b, "")
		con.refuse = func(command []byte) ([]byte, error) {
			if command[1] == 0xCB || command[1] == 0xC0 {
				return apdu.More(256).Append(make([]byte, 256)), nil
			}
			return nil, nil
		}
		_, err := con.opener(piv.Options{}).Open(t.Context(), card.Event{})
		if !errors.Is(err, card.ErrDamaged) {
			t.Errorf("%v, want ErrDamaged", err)
		}
	})
}

func TestIdentity(t *testing.T) {
	b := applettest.New(t, applettest.P256)
	ids := map[card.TokenID]string{}
	for name, content := range map[string][]byte{
		"by its number":      apdu.AppendTLV(nil, 0x34, bytes.Repeat([]byte{7}, 16)),
		"by another number":  apdu.AppendTLV(nil, 0x34, bytes.Repeat([]byte{8}, 16)),
		"by its certificate": nil,
	} {
		con := newContact(t, b, "")
		con.refuse = object(0x02, content)
		id := con.open(t, piv.Options{}).ID()
		if other, ok := ids[id]; ok {
			t.Errorf("%s and %s: one card", name, other)
		}
		ids[id] = name
	}
	for name, content := range map[string][]byte{
		"number of nothing": apdu.AppendTLV(nil, 0x34, make([]byte, 16)),
		"short number":      {0x34, 1, 7},
		"broken":            {0x34, 0x10},
	} {
		con := newContact(t, b, "")
		con.refuse = object(0x02, content)
		if id := con.open(t, piv.Options{}).ID(); ids[id] != "by its certificate" {
			t.Errorf("%s: %s", name, id)
		}
	}
	t.Run("neither number nor certificate", func(t *testing.T) {
		empty := applettest.New(t, applettest.P256)
		empty.SetCertificate(applet.SlotAuthentication, nil)
		con := newContact(t, empty, "")
		con.refuse = object(0x02, nil)
		if _, err := con.opener(piv.Options{}).Open(t.Context(), card.Event{}); !errors.Is(err, card.ErrNoCert) {
			t.Errorf("%v, want ErrNoCert", err)
		}
	})
}

func TestCardsOfAnotherKind(t *testing.T) {
	for _, s := range []apdu.Status{apdu.NotFound, apdu.UnknownInstruction, apdu.UnknownClass, apdu.WrongP1P2, apdu.SecurityStatus} {
		con := newContact(t, applettest.New(t, applettest.P256), "")
		con.refuse = func([]byte) ([]byte, error) { return status(s), nil }
		if _, err := con.opener(piv.Options{}).Open(t.Context(), card.Event{}); !errors.Is(err, card.ErrUnsupported) {
			t.Errorf("%v: %v, want ErrUnsupported", s, err)
		}
	}
	t.Run("that cannot be connected to", func(t *testing.T) {
		con := newContact(t, applettest.New(t, applettest.P256), "")
		con.connect = func() error { return card.ErrBusy }
		if _, err := con.opener(piv.Options{}).Open(t.Context(), card.Event{}); !errors.Is(err, card.ErrBusy) {
			t.Errorf("%v, want ErrBusy", err)
		}
	})
	t.Run("that answer no status", func(t *testing.T) {
		con := newContact(t, applettest.New(t, applettest.P256), "")
		con.refuse = func([]byte) ([]byte, error) { return []byte{0x90}, nil }
		if _, err := con.opener(piv.Options{}).Open(t.Context(), card.Event{}); !errors.Is(err, card.ErrDamaged) {
			t.Errorf("%v, want ErrDamaged", err)
		}
	})
	t.Run("context that ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		con := newContact(t, applettest.New(t, applettest.P256), "")
		if _, err := con.opener(piv.Options{}).Open(ctx, card.Event{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
	})
}

// T=0 readers announce the answer and cards ask for another Ne.
func TestAnswersInPieces(t *testing.T) {
	con := newContact(t, applettest.New(t, applettest.P256), "")
	asked := false
	con.refuse = func(command []byte) ([]byte, error) {
		if command[1] == 0xA4 && !asked {
			asked = true
			return status(0x6C13), nil
		}
		return nil, nil
	}
	con.open(t, piv.Options{})
	if !asked || con.log[1][1] != 0xA4 {
		t.Errorf("the command was not given again: %X", con.log)
	}
}
