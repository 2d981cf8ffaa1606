package localapi

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func silent(bool) {}

// readAll returns all lines of a stream, and what ended it.
func readAll(r io.Reader, maximum int) (all []string, err error) {
	in := newLines(r, maximum, silent)
	defer in.close()
	for {
		line, err := in.next()
		if err != nil {
			return all, err
		}
		all = append(all, string(line))
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 3*firstBuffer)
	for name, c := range map[string]struct {
		in   string
		max  int
		want []string
		err  error
	}{
		"nothing":                {"", 10, nil, io.EOF},
		"one":                    {"a\n", 10, []string{"a"}, io.EOF},
		"several at once":        {"a\n\nb\r\n", 10, []string{"a", "", "b"}, io.EOF},
		"half a line":            {"a\nb", 10, []string{"a"}, io.ErrUnexpectedEOF},
		"as long as it may":      {"0123456789\n", 10, []string{"0123456789"}, io.EOF},
		"too long":               {"0123456789a\nb\n", 10, nil, errLong},
		"too long and no end":    {long, 10, nil, errLong},
		"longer than the buffer": {"a\n" + long + "\n" + long + "b\nc\n", 1 << 20, []string{"a", long, long + "b", "c"}, io.EOF},
	} {
		for how, r := range map[string]io.Reader{
			"whole":  strings.NewReader(c.in),
			"octets": iotest.OneByteReader(strings.NewReader(c.in)),
			"halves": iotest.HalfReader(strings.NewReader(c.in)),
			"eof":    iotest.DataErrReader(strings.NewReader(c.in)),
		} {
			got, err := readAll(r, c.max)
			if !errors.Is(err, c.err) || strings.Join(got, "|") != strings.Join(c.want, "|") || len(got) != len(c.want) {
				t.Errorf("%s, %s: %d lines, %v; want %d, %v", name, how, len(got), err, len(c.want), c.err)
			}
		}
	}
}

// TestLinesLeaveNothing looks into the buffers for a secret that has passed.
func TestLinesLeaveNothing(t *testing.T) {
	secret := []byte("48215937")
	line := append([]byte(`{"pin":"48215937","more":"`+strings.Repeat("m", firstBuffer)), "\"}\n"...)
	in := newLines(iotest.OneByteReader(bytes.NewReader(append(line, "{}\n"...))), MaxRequest, silent)
	first := in.buf
	if l, err := in.next(); err != nil || !bytes.Contains(l, secret) {
		t.Fatal(err)
	}
	if bytes.Contains(first, secret) {
		t.Error("the buffer that became too small was not overwritten")
	}
	grown := in.buf
	if _, err := in.next(); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(grown, secret) || bytes.Contains(in.buf, secret) {
		t.Error("the line was not overwritten")
	}
	in.close()
	if len(bytes.Trim(in.buf, "\x00")) != 0 {
		t.Error("something is left after the end")
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n"), uint8(4), uint8(1))
	f.Add([]byte("half"), uint8(10), uint8(3))
	f.Add(bytes.Repeat([]byte("x"), 600), uint8(255), uint8(7))
	f.Fuzz(func(t *testing.T, in []byte, maximum, chunk uint8) {
		got, err := readAll(&chunks{in, int(chunk)%7 + 1}, int(maximum))
		rest := in
		for _, line := range got {
			want, after, ok := bytes.Cut(rest, []byte("\n"))
			if !ok || line != string(bytes.TrimSuffix(want, []byte("\r"))) || len(want) > int(maximum) {
				t.Fatalf("line %q of %q", line, in)
			}
			rest = after
		}
		next, _, complete := bytes.Cut(rest, []byte("\n"))
		switch {
		case errors.Is(err, errLong) && len(next) > int(maximum):
		case errors.Is(err, io.ErrUnexpectedEOF) && !complete && len(next) > 0:
		case errors.Is(err, io.EOF) && len(rest) == 0:
		default:
			t.Fatalf("ended with %v before %q", err, rest)
		}
	})
}

// chunks gives a few octets at a time.
type chunks struct {
	left []byte
	n    int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.n)], c.left)
	c.left = c.left[n:]
	return n, nil
}
