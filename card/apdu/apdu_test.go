package apdu

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCommandForms(t *testing.T) {
	long := bytes.Repeat([]byte{0xAB}, 300)
	for _, c := range []struct {
		name string
		hex  string
		want Command
	}{
		{"header only", "00200080", Command{INS: 0x20, P2: 0x80}},
		{"short Le", "00C0000008", Command{INS: 0xC0, Ne: 8}},
		{"short Le 00 is 256", "00C0000000", Command{INS: 0xC0, Ne: 256}},
		{"data", "00CB3FFF035C017E", Command{INS: 0xCB, P1: 0x3F, P2: 0xFF, Data: []byte{0x5C, 1, 0x7E}}},
		{"data and Le", "00CB3FFF035C017E00", Command{INS: 0xCB, P1: 0x3F, P2: 0xFF, Data: []byte{0x5C, 1, 0x7E}, Ne: 256}},
		{"extended Le", "00C00000 000123", Command{INS: 0xC0, Ne: 0x123}},
		{"extended data", "1087079A 00012C" + hex.EncodeToString(long), Command{CLA: 0x10, INS: 0x87, P1: 7, P2: 0x9A, Data: long}},
		{"extended data and Le", "0087079A 00012C" + hex.EncodeToString(long) + "0000", Command{INS: 0x87, P1: 7, P2: 0x9A, Data: long, Ne: 65536}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.hex)
			got, err := Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("read %+v, want %+v", got, c.want)
			}
			out, err := c.want.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out, b) {
				t.Errorf("wrote %X, want %X", out, b)
			}
		})
	}
}

func TestMalformedCommands(t *testing.T) {
	for _, s := range []string{
		"", "00", "0020", "002000", // no header
		"00200080 08 3132", "00200080 02 31 32 33 34", // Lc against data
		"00200080 0000", "00200080 0000 01 31 32", "00200080 0000 00 31", "00200080 0000 05 31", // extended
	} {
		if _, err := Parse(unhex(t, s)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v, want ErrMalformed", s, err)
		}
	}
}

func TestTooLongForAnAPDU(t *testing.T) {
	for _, c := range []Command{{Data: make([]byte, MaxData+1)}, {Ne: MaxNe + 1}, {Ne: -1}} {
		if _, err := c.Append(nil); err == nil {
			t.Errorf("%d octets of data, Ne %d: written", len(c.Data), c.Ne)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		s       Status
		retries int
		tells   bool
	}{{0x63C3, 3, true}, {0x63C0, 0, true}, {0x6983, 0, true}, {OK, 0, false}, {0x6300, 0, false}} {
		if n, ok := c.s.Retries(); n != c.retries || ok != c.tells {
			t.Errorf("%v: %d %v", c.s, n, ok)
		}
	}
	if Refused(3) != 0x63C3 || Refused(99) != 0x63CF || Refused(-1) != 0x63C0 {
		t.Error("tries do not fit the status")
	}
	if More(5) != 0x6105 || More(256) != 0x6100 || More(5000) != 0x6100 {
		t.Error("waiting octets do not fit the status")
	}
	if n, ok := Status(0x6100).More(); n != 256 || !ok {
		t.Errorf("6100: %d %v", n, ok)
	}
	if n, ok := Status(0x6C10).WrongNe(); n != 16 || !ok {
		t.Errorf("6C10: %d %v", n, ok)
	}
	if _, ok := OK.More(); ok {
		t.Error("9000 says there is more")
	}
	if _, ok := OK.WrongNe(); ok {
		t.Error("9000 wants another Ne")
	}
	if _, _, err := SplitAnswer([]byte{0x90}); !errors.Is(err, ErrMalformed) {
		t.Errorf("half a status word: %v", err)
	}
	if data, s, err := SplitAnswer([]byte{1, 2, 0x6A, 0x82}); err != nil || s != NotFound || len(data) != 2 {
		t.Errorf("%X %v %v", data, s, err)
	}
}

func TestTLV(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 255, 256, 5000, 65535} {
		for _, tag := range []Tag{0x53, 0x7E, 0x5F2F, 0x5FC105} {
			value := bytes.Repeat([]byte{7}, n)
			b := AppendTLV([]byte{}, tag, value)
			o, rest, err := NextTLV(append(b, 1, 0))
			if err != nil || o.Tag != tag || !bytes.Equal(o.Value, value) || len(rest) != 2 {
				t.Fatalf("tag %X of %d octets: %X, %d left, %v", tag, n, o.Tag, len(rest), err)
			}
			if got, ok, err := FindTLV(append([]byte{1, 0}, b...), tag); err != nil || !ok || !bytes.Equal(got, value) {
				t.Fatalf("tag %X of %d octets not found: %v", tag, n, err)
			}
		}
	}
	if _, ok, err := FindTLV([]byte{1, 0}, 2); ok || err != nil {
		t.Errorf("found what is not there: %v", err)
	}
}

func TestMalformedTLV(t *testing.T) {
	for _, s := range []string{"", "53", "5301", "5F", "5FC1", "5FC181 00", "5380", "5384 00000001 00", "5382 01", "5382 0100 00", "0000"} {
		if o, _, err := NextTLV(unhex(t, s)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %+v %v, want ErrMalformed", s, o, err)
		}
	}
	if _, _, err := FindTLV(unhex(t, "0100 5301"), 0x53); !errors.Is(err, ErrMalformed) {
		t.Errorf("broken object behind a good one: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"00200080", "00CB3FFF035C017E00", "0087079A0000017C0000", "00A4040009A0000003080000100000"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			return
		}
		out, err := c.Append(nil)
		if err != nil {
			t.Fatalf("%X was read and cannot be written: %v", b, err)
		}
		again, err := Parse(out)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%X became %X: %v", b, out, err)
		}
	})
}

func FuzzTLV(f *testing.F) {
	f.Add(AppendTLV(nil, 0x5FC105, []byte("value")))
	f.Add([]byte{0x53, 0x82, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		o, rest, err := NextTLV(b)
		if err != nil {
			return
		}
		if len(o.Value)+len(rest) >= len(b) {
			t.Fatal("more came out than went in")
		}
		if len(o.Value) > 0xFFFF {
			return
		}
		again, _, err := NextTLV(AppendTLV(nil, o.Tag, o.Value))
		if err != nil || again.Tag != o.Tag || !bytes.Equal(again.Value, o.Value) {
			t.Fatalf("%X does not survive writing: %v", b, err)
		}
	})
}
