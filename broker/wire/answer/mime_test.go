package answer_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"lanyard/broker/wire/answer"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestWrap(t *testing.T) {
	text, err := base64.StdEncoding.DecodeString(answer.Wrap(read(t, "auth-answer.der")))
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(text), "\n\n")
	want := "MIME-Version: 1.0\n" +
		"Content-Disposition: attachment; filename=\"smime.p7m\"\n" +
		"Content-Type: application/x-pkcs7-mime; name=\"smime.p7m\"\n" +
		"Content-Transfer-Encoding: base64"
	if head != want {
		t.Errorf("header is\n%s", head)
	}
	for _, l := range strings.Split(body, "\n") {
		if len(l) > 64 {
			t.Errorf("a line of %d characters", len(l))
		}
	}
}

func TestUnwrap(t *testing.T) {
	der := read(t, "auth-answer.der")
	raw := string(der)
	one := b64(raw)
	lines := strings.Split(string(pem.EncodeToMemory(&pem.Block{Type: "X", Bytes: der})), "\n")
	folded := strings.Join(lines[1:len(lines)-2], "\n")
	head := "MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime;\n name=\"smime.p7m\"\nContent-Transfer-Encoding: base64\n"
	indent := strings.ReplaceAll("\n"+head, "\n", "\n            ")
	for name, in := range map[string]string{
		"MIME":                      b64(head + "\n" + one),
		"MIME, CRLF":                b64(strings.ReplaceAll(head+"\n"+folded, "\n", "\r\n")),
		"MIME, CR":                  b64(strings.ReplaceAll(head+"\n"+folded, "\n", "\r")),
		"MIME, indented":            b64(indent + "\n            " + strings.ReplaceAll(folded, "\n", "\n      ")),
		"MIME, binary":              b64(head + "\n" + raw),
		"MIME, not in base64":       head + "\n" + one,
		"MIME, outer folded":        strings.Join(strings.SplitAfter(b64(head+"\n"+folded), "0"), "\r\n\t "),
		"bare":                      one,
		"bare, folded":              folded,
		"bare, twice":               b64(one),
		"bare, without its padding": strings.TrimRight(one, "="),
	} {
		got, err := answer.Unwrap(in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a, err := answer.Parse(got); err != nil || a.Verify() != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUnwrapRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":           {"", answer.ErrUnreadable},
		"blanks":          {" \r\n", answer.ErrUnreadable},
		"not base64":      {"?!", answer.ErrUnreadable},
		"header alone":    {b64("MIME-Version: 1.0\n"), answer.ErrUnreadable},
		"text":            {b64("hello"), answer.ErrUnreadable},
		"base64 for ever": {b64(b64(b64(b64(b64("hello again"))))), answer.ErrUnreadable},
		"large":           {strings.Repeat("A", 3*answer.MaxSize), answer.ErrTooLarge},
	} {
		if _, err := answer.Unwrap(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}

func FuzzUnwrap(f *testing.F) {
	der := read(f, "auth-answer.der")
	f.Add(answer.Wrap(der))
	f.Add(base64.StdEncoding.EncodeToString(der))
	f.Add(b64("  MIME-Version: 1.0\r\n  \r\n" + b64("0\x80\x00\x00")))
	f.Fuzz(func(t *testing.T, s string) {
		b, err := answer.Unwrap(s)
		if err != nil {
			if !errors.Is(err, answer.ErrUnreadable) && !errors.Is(err, answer.ErrTooLarge) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := answer.Unwrap(answer.Wrap(b))
		if len(b) <= answer.MaxSize/2 && (err != nil || !bytes.Equal(again, b)) {
			t.Fatalf("wrapped again: %v", err)
		}
	})
}
