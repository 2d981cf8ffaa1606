package applet_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"lanyard/card/apdu"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
)

// request is the template that asks for a signature over input.
func request(input []byte) []byte {
	v := apdu.AppendTLV(nil, 0x82, nil)
	return apdu.AppendTLV(nil, 0x7C, apdu.AppendTLV(v, 0x81, input))
}

func transmit(t testing.TB, c *applet.Card, cmd apdu.Command) ([]byte, apdu.Status) {
	t.Helper()
	raw, err := cmd.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Transmit(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	data, s, err := apdu.SplitAnswer(answer)
	if err != nil {
		t.Fatal(err)
	}
	return data, s
}

func response(t testing.TB, data []byte) []byte {
	t.Helper()
	o, rest, err := apdu.NextTLV(data)
	if err != nil || o.Tag != 0x7C || len(rest) > 0 {
		t.Fatalf("answer %X: %v", data, err)
	}
	sig, ok, err := apdu.FindTLV(o.Value, 0x82)
	if err != nil || !ok {
		t.Fatalf("answer %X: %v", data, err)
	}
	return sig
}

// block puts PKCS#1 v1.5 padding round a DigestInfo.
func block(info []byte, size int) []byte {
	b := append([]byte{0, 1}, bytes.Repeat([]byte{0xFF}, size-3-len(info))...)
	return append(append(b, 0), info...)
}

func TestSignaturesOfEveryKind(t *testing.T) {
	sha256Info := "3031300d060960864801650304020105000420"
	sha1Info := "3021300906052b0e03021a05000414"
	d256, d1 := sha256.Sum256([]byte("text")), sha1.Sum([]byte("text"))
	for _, k := range []struct {
		name string
		alg  byte
		kind applettest.Kind
	}{
		{"RSA 1024", 0x06, applettest.RSA(1024)},
		{"RSA 2048", 0x07, applettest.RSA(2048)},
		{"RSA 3072", 0x05, applettest.RSA(3072)},
		{"P-256", 0x11, applettest.P256},
		{"P-384", 0x14, applettest.P384},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			b := applettest.New(t, applettest.Once(k.kind))
			c := applet.New(b, applet.Options{})
			send(t, c, selectPIV)
			cert := applettest.ParseCertificate(t, b.Certificate(applet.SlotAuthentication))
			for hash, d := range map[crypto.Hash][]byte{crypto.SHA256: d256[:], crypto.SHA1: d1[:]} {
				input := d
				if pub, ok := cert.PublicKey.(*rsa.PublicKey); ok {
					prefix := map[crypto.Hash]string{crypto.SHA256: sha256Info, crypto.SHA1: sha1Info}[hash]
					info, _ := hex.DecodeString(prefix)
					input = block(append(info, d...), pub.Size())
				}
				play(t, c, []step{{verifyPIN, "9000"}})
				data, s := transmit(t, c, apdu.Command{INS: 0x87, P1: k.alg, P2: 0x9A, Data: request(input), Ne: apdu.MaxNe})
				if s != apdu.OK {
					t.Fatal(s)
				}
				switch pub := cert.PublicKey.(type) {
				case *rsa.PublicKey:
					if err := rsaVerify(pub, input, response(t, data)); err != nil {
						t.Error(err)
					}
				case *ecdsa.PublicKey:
					if !ecdsa.VerifyASN1(pub, d, response(t, data)) {
						t.Errorf("%v: signature does not verify", hash)
					}
				}
			}
		})
	}
}

// rsaVerify checks by arithmetic: the standard library refuses RSA 1024.
func rsaVerify(pub *rsa.PublicKey, input, sig []byte) error {
	m := new(big.Int).SetBytes(sig)
	m.Exp(m, big.NewInt(int64(pub.E)), pub.N)
	if got := m.FillBytes(make([]byte, pub.Size())); len(sig) != pub.Size() || !bytes.Equal(got, input) {
		return fmt.Errorf("signature %X does not verify", sig)
	}
	return nil
}

func TestChainedCommand(t *testing.T) {
	c, b := newCard(t, applet.Options{})
	send(t, c, selectPIV)
	input := block([]byte("any octets"), 128)
	req := request(input)
	first := apdu.Command{CLA: 0x10, INS: 0x87, P1: 6, P2: 0x9C, Data: req[:100]}
	last := apdu.Command{INS: 0x87, P1: 6, P2: 0x9C, Data: req[100:], Ne: 256}

	t.Run("in two pieces behind the PIN", func(t *testing.T) {
		play(t, c, []step{{verifyPIN, "9000"}})
		if _, s := transmit(t, c, first); s != apdu.OK {
			t.Fatal(s)
		}
		data, s := transmit(t, c, last)
		if s != apdu.OK {
			t.Fatal(s)
		}
		pub := applettest.ParseCertificate(t, b.Certificate(applet.SlotSignature)).PublicKey.(*rsa.PublicKey)
		if err := rsaVerify(pub, input, response(t, data)); err != nil {
			t.Error(err)
		}
	})
	t.Run("another command breaks it", func(t *testing.T) {
		transmit(t, c, first)
		send(t, c, pinState)
		play(t, c, []step{{verifyPIN, "9000"}})
		if _, s := transmit(t, c, last); s != apdu.WrongData {
			t.Errorf("half a request: %v", s)
		}
	})
	t.Run("another key breaks it", func(t *testing.T) {
		transmit(t, c, first)
		other := last
		other.P2 = 0x9A
		if _, s := transmit(t, c, other); s != apdu.WrongData {
			t.Errorf("half a request: %v", s)
		}
	})
	t.Run("it has a limit", func(t *testing.T) {
		long := first
		long.Data = make([]byte, 255)
		var s apdu.Status
		for range 10 {
			if _, s = transmit(t, c, long); s != apdu.OK {
				break
			}
		}
		if s != apdu.WrongLength {
			t.Errorf("chain without an end: %v", s)
		}
	})
}

func TestWhenThePINIsWanted(t *testing.T) {
	c, b := newCard(t, applet.Options{})
	send(t, c, selectPIV)
	req := hex.EncodeToString(request(block([]byte("x"), 128)))
	auth := fmt.Sprintf("0087069A%02X%s00", len(req)/2, req)
	sign := fmt.Sprintf("0087069C%02X%s00", len(req)/2, req)
	const discovery = "00CB3FFF03 5C017E 00"
	for _, s := range []struct {
		name     string
		commands []string
		want     string
	}{
		{"9A without", []string{auth}, "6982"},
		{"9A once", []string{verifyPIN, auth, discovery, auth}, "9000"},
		{"9A after drop", []string{verifyPIN, dropPIN, auth}, "6982"},
		{"9A after a wrong one", []string{verifyPIN, wrongPIN, auth}, "6982"},
		{"9C without", []string{sign}, "6982"},
		{"9C directly before", []string{verifyPIN, sign}, "9000"},
		{"9C twice for one", []string{verifyPIN, sign, sign}, "6982"},
		{"9C each time", []string{verifyPIN, sign, verifyPIN, sign}, "9000"},
		{"9C with something between", []string{verifyPIN, discovery, sign}, "6982"},
		{"9C with GET RESPONSE between", []string{verifyPIN, "00C0000000", sign}, "6982"},
		{"9C with 9A between", []string{verifyPIN, auth, sign}, "6982"},
		{"9C with nonsense between", []string{verifyPIN, "00CB3FFF05 5C", sign}, "6982"},
		{"9C with a wrong class between", []string{verifyPIN, "80CB3FFF00", sign}, "6982"},
		{"9C behind a change of the PIN", []string{"0024008010 313233343536FFFF 313233343536FFFF", sign}, "6982"},
	} {
		t.Run(s.name, func(t *testing.T) {
			send(t, c, dropPIN)
			var last string
			for _, cmd := range s.commands {
				last = send(t, c, cmd)
			}
			if !strings.HasSuffix(last, s.want) {
				t.Errorf("%s, want %s", last, s.want)
			}
		})
	}
	if left := b.Retries(); left < applettest.Tries-1 {
		t.Errorf("%d tries left: only one was wrong", left)
	}
}

func TestRequestsThatAskForNoSignature(t *testing.T) {
	c, b := newCard(t, applet.Options{})
	send(t, c, selectPIV)
	good := hex.EncodeToString(request(block([]byte("x"), 128)))
	for _, s := range []step{
		{"0087079A" + "06 7C0482008100 00", "6A86"}, // another algorithm
		{"0087069A" + "06 7C0482008100 00", "6A80"}, // too short a block
		{"0087069A" + "05 7C0382008100", "6A80"},
		{"0087069A" + "04 7C028100 00", "6A80"},   // no response asked for
		{"0087069A" + "05 7C03820100 00", "6A80"}, // a response given
		{"0087069A" + "02 7C00 00", "6A80"},       // empty
		{"0087069A", "6A80"},                      // nothing
	} {
		play(t, c, []step{{verifyPIN, "9000"}, s})
	}
	play(t, c, []step{{verifyPIN, "9000"}})
	b.Break(errors.New("key file is gone"))
	play(t, c, []step{{fmt.Sprintf("0087069A%02X%s00", len(good)/2, good), "6F00"}})
}

func TestManagementKey(t *testing.T) {
	c, _ := newCard(t, applet.Options{})
	send(t, c, selectPIV)
	for _, ask := range []struct {
		alg  string
		size int
	}{{"00", 8}, {"03", 8}, {"08", 16}, {"0C", 16}} {
		one, two := send(t, c, "0087"+ask.alg+"9B 04 7C028100 00"), send(t, c, "0087"+ask.alg+"9B 04 7C028100 00")
		if len(one) != 2*(4+ask.size+2) || !strings.HasPrefix(one, fmt.Sprintf("7C%02X81%02X", ask.size+2, ask.size)) || one == two {
			t.Errorf("challenges for %s: %s, %s", ask.alg, one, two)
		}
	}
	play(t, c, []step{
		{"0087039B 0C 7C0A82080000000000000000 00", "6982"},
		{"0087039B 04 7C028000 00", "6982"},
		{"0087079B 04 7C028100 00", "6A86"},
		{"0087039B 02 7C00 00", "6A80"},
		{"0087039B", "6A80"},
	})
}

func FuzzTransmit(f *testing.F) {
	for _, s := range []string{
		selectPIV, pinState, verifyPIN, wrongPIN, dropPIN, "00CB3FFF055C035FC10500", "00CB3FFF0000055C035FC1050000",
		"1087069A047C048200", "0087069A0281 0000", "00C0000000", "00F7009A00", "002C00801038373635343332313635343332 31FFFF",
	} {
		raw, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, raw)
	}
	b := applettest.New(f, sharedKeys())
	f.Fuzz(func(t *testing.T, one, two []byte) {
		c := applet.New(b, applet.Options{Yubico: true})
		send(t, c, selectPIV)
		for _, raw := range [][]byte{one, two} {
			answer, err := c.Transmit(t.Context(), raw)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(answer); n < 2 || n > apdu.MaxNe+2 {
				t.Fatalf("answer of %d octets to %X", n, raw)
			}
			cmd, err := apdu.Parse(raw)
			if data, _, _ := apdu.SplitAnswer(answer); err == nil && len(data) > cmd.Ne {
				t.Fatalf("%X asked for %d octets and got %d", raw, cmd.Ne, len(data))
			}
		}
	})
}
