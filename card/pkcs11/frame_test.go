package pkcs11

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"lanyard/card"
)

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want kind
		err  error
	}{
		{"whole", "Q\x00\x00\x00\x02{}", kindRequest, nil},
		{"empty", "P\x00\x00\x00\x00", kindPIN, nil},
		{"nothing", "", kindRequest, io.EOF},
		{"cut in the head", "Q\x00\x00", kindRequest, io.ErrUnexpectedEOF},
		{"cut before the content", "Q\x00\x00\x00\x02", kindRequest, io.ErrUnexpectedEOF},
		{"cut in the content", "Q\x00\x00\x00\x02{", kindRequest, io.ErrUnexpectedEOF},
		{"of another kind", "A\x00\x00\x00\x02{}", kindRequest, errFrame},
		{"of no kind", "?\x00\x00\x00\x02{}", '?', errFrame},
		{"too long a message", "Q\x00\x10\x00\x01", kindRequest, errFrame},
		{"too long a PIN", "P\x00\x00\x01\x00", kindPIN, errFrame},
		{"4 GB", "A\xff\xff\xff\xff", kindAnswer, errFrame},
	} {
		if _, err := readFrame(strings.NewReader(c.in), c.want); !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	if err := writeFrame(io.Discard, kindPIN, make([]byte, maxSecret+1)); !errors.Is(err, errFrame) {
		t.Errorf("writing too long a PIN: %v", err)
	}
}

// FuzzReadJob: what the child reads is read or refused, and what was read can
// be written and read again.
func FuzzReadJob(f *testing.F) {
	for _, q := range []request{
		{Op: opLoad},
		{Op: opBegin, Token: tokenName{Slot: []byte("Reader 00 00"), Serial: []byte("07df72657d40f45f")}, Certs: []fingerprint{{ID: []byte{1}}}},
		{Op: opLogin},
		{Op: opSetPIN},
		{Op: opPrepare, Key: []byte{1}, Mechanism: ckmRSAPKCS},
		{Op: opSign, Data: []byte{0x30, 0x31}},
	} {
		var b bytes.Buffer
		if err := writeMessage(&b, kindRequest, &q); err != nil {
			f.Fatal(err)
		}
		for range q.Op.pins() {
			if err := writeFrame(&b, kindPIN, []byte("123456")); err != nil {
				f.Fatal(err)
			}
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-1])
	}
	f.Add([]byte("Q\x00\x00\x00\x06[1, 2]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		j, err := readJob(bytes.NewReader(in))
		if err != nil {
			return
		}
		if len(j.pins) != j.q.Op.pins() {
			t.Fatalf("%d PINs came with %q", len(j.pins), j.q.Op)
		}
		var b bytes.Buffer
		must(t, writeMessage(&b, kindRequest, &j.q))
		for _, p := range j.pins {
			must(t, writeFrame(&b, kindPIN, p.Octets()))
		}
		again, err := readJob(&b)
		must(t, err)
		if normal(again) != normal(j) {
			t.Errorf("%+v became %+v", j.q, again.q)
		}
	})
}

// normal writes lists without entries in one way.
func normal(j job) string {
	var b bytes.Buffer
	_ = writeMessage(&b, kindRequest, &j.q)
	for _, p := range j.pins {
		_ = writeFrame(&b, kindPIN, p.Octets())
	}
	return b.String()
}

// TestAnswers: the parent reads what a broken child may write.
func TestAnswers(t *testing.T) {
	for _, in := range []string{"", "A\x00\x00\x00\x01x", "A\x00\x00\x00\x02[]", "P\x00\x00\x00\x00", "modules print"} {
		a := new(answer)
		if err := readMessage(strings.NewReader(in), kindAnswer, a); err == nil {
			t.Errorf("%q was read as %+v", in, a)
		}
	}
}

// TestReadJobWipes: a PIN whose fellow does not come is wiped.
func TestReadJobWipes(t *testing.T) {
	var b bytes.Buffer
	must(t, writeMessage(&b, kindRequest, &request{Op: opSetPIN}))
	must(t, writeFrame(&b, kindPIN, []byte("123456")))
	seen := &spy{Reader: &b}
	if _, err := readJob(seen); err == nil {
		t.Fatal("read")
	}
	if string(seen.last) != strings.Repeat("\x00", 6) {
		t.Errorf("left: %q", seen.last)
	}
}

// spy keeps hold of the last buffer that was filled.
type spy struct {
	io.Reader
	last []byte
}

// Read reads.
func (s *spy) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if n > 0 {
		s.last = p[:n]
	}
	return n, err
}

func TestMeanings(t *testing.T) {
	for _, c := range []struct {
		e         *callError
		is        error
		suspect   bool
		undecided bool
		text      string
	}{
		{&callError{Call: "C_Sign", Code: ckrGeneralError, Text: "CKR_GENERAL_ERROR"}, nil, true, true, "C_Sign: CKR_GENERAL_ERROR (0x5)"},
		{&callError{Call: "C_Sign", Code: ckrDeviceRemoved, Text: "CKR_DEVICE_REMOVED"}, card.ErrRemoved, true, true, "C_Sign: CKR_DEVICE_REMOVED (0x32)"},
		{&callError{Call: "C_Login", Code: ckrPINIncorrect, Text: "CKR_PIN_INCORRECT"}, nil, false, false, "C_Login: CKR_PIN_INCORRECT (0xa0)"},
		{&callError{Call: "C_Login", Code: ckrPINLocked}, card.ErrPINBlocked, false, false, "C_Login:  (0xa4)"},
		{&callError{Call: "C_Login", Code: 0x80000001}, nil, true, true, "C_Login:  (0x80000001)"},
		{&callError{Text: "another card", Gone: true}, card.ErrRemoved, false, false, "another card"},
		{&callError{Text: "no private key 01", NoKey: true}, card.ErrNoKey, false, false, "no private key 01"},
	} {
		if c.is != nil && !errors.Is(c.e, c.is) {
			t.Errorf("%v is not %v", c.e, c.is)
		}
		if c.e.suspect() != c.suspect || undecided(c.e) != c.undecided || c.e.Error() != c.text {
			t.Errorf("%v: suspect %v, undecided %v", c.e, c.e.suspect(), undecided(c.e))
		}
	}
	if !undecided(card.ErrModuleHung) || undecided(&notSentError{card.ErrModuleCrashed}) {
		t.Error("a PIN that was under way, or not sent")
	}
}
