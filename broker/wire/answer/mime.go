package answer

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// header are the four lines old clients put before the SignedData, and the
// blank one. Every reader takes LF; lines of base64 have 64 characters.
const header = "MIME-Version: 1.0\n" +
	"Content-Disposition: attachment; filename=\"smime.p7m\"\n" +
	"Content-Type: application/x-pkcs7-mime; name=\"smime.p7m\"\n" +
	"Content-Transfer-Encoding: base64\n" +
	"\n"

const lineLength = 64

// Wrap dresses a SignedData as it stands in the parameter `response`: MIME
// header lines, base64, and all of that in base64 again, on one line.
func Wrap(der []byte) string {
	var b strings.Builder
	b.WriteString(header)
	body := base64.StdEncoding.EncodeToString(der)
	for len(body) > 0 {
		n := min(lineLength, len(body))
		b.WriteString(body[:n])
		b.WriteByte('\n')
		body = body[n:]
	}
	return base64.StdEncoding.EncodeToString([]byte(b.String()))
}

// maxDress is how often base64 or a MIME header may be taken off: base64,
// header, base64.
const maxDress = 3

// Unwrap takes everything off that clients put round a SignedData: base64,
// MIME header lines (indented or not, with any line ends), base64 again; or
// base64 alone. What it returns is for Parse.
func Unwrap(response string) ([]byte, error) {
	if len(response) > 2*MaxSize {
		return nil, fmt.Errorf("%w: %d characters, at most %d", ErrTooLarge, len(response), 2*MaxSize)
	}
	b := []byte(response)
	for range maxDress + 1 {
		b = bytes.TrimLeft(b, blanks)
		switch {
		case len(b) == 0:
			return nil, unreadable("it is empty")
		case isBER(b):
			return b, nil
		case isHeader(b):
			b = afterHeader(b)
		default:
			decoded, err := decodeBase64(b)
			if err != nil {
				return nil, err
			}
			b = decoded
		}
	}
	return nil, unreadable("no CMS inside its base64")
}

const blanks = " \t\r\n"

// isBER tells a SEQUENCE with a length in the long or indefinite form, which
// every SignedData has, from text: 0x80 and above is never ASCII.
func isBER(b []byte) bool { return len(b) > 1 && b[0] == tagSequence && b[1] >= 0x80 }

func isHeader(b []byte) bool {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return bytes.IndexByte(line, ':') > 0
}

// afterHeader returns what follows the first line that is blank or holds
// blanks only. Line ends are LF, CRLF or CR.
func afterHeader(b []byte) []byte {
	for len(b) > 0 {
		n := bytes.IndexAny(b, "\r\n")
		if n < 0 {
			return nil
		}
		blank := len(bytes.Trim(b[:n], blanks)) == 0
		if b[n] == '\r' && n+1 < len(b) && b[n+1] == '\n' {
			n++
		}
		b = b[n+1:]
		if blank {
			return b
		}
	}
	return nil
}

// decodeBase64 takes any folding, and padding that was left out. The decoder
// itself passes over line ends.
func decodeBase64(b []byte) ([]byte, error) {
	if bytes.ContainsAny(b, " \t") {
		b = withoutBlanks(b)
	}
	b = bytes.TrimRight(b, "=\r\n")
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(b)))
	n, err := base64.RawStdEncoding.Decode(decoded, b)
	if err != nil {
		return nil, fmt.Errorf("%w: base64: %w", ErrUnreadable, err)
	}
	return decoded[:n], nil
}

func withoutBlanks(b []byte) []byte {
	packed := make([]byte, 0, len(b))
	for _, c := range b {
		if c != ' ' && c != '\t' {
			packed = append(packed, c)
		}
	}
	return packed
}
