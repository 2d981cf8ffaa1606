package doctor

import (
	"errors"
	"fmt"
	"strings"

	"lanyard/broker/failure"
)

// What a short code is made of, in bits, the first one highest:
//
//	version   n ones and a zero: the rows of the n-th list
//	verdicts  of each row in the list's order: good 0, none 10, look 110, trouble 111
//	number    8 bits of the first code's number in [numbered], 0 for none;
//	          only where a verdict is look or trouble
//	filling   zeros up to a multiple of 5
//
// in Crockford's base 32, followed by two letters of checksum: the letters'
// values as digits of a number to the base 32, begun with a 1, modulo the prime
// 1021. It finds every letter mistaken and every two swapped. In a code that is
// shown, LY- stands before it and a dash after each fourth letter.
const (
	codePrefix   = "LY"
	codeBits     = 8
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeModulus  = 1021
	maxCode      = 64 // letters that are looked at
)

// lists are the rows of each version. A list that was released never changes.
func lists() [][]ID { return [][]ID{Order()} }

// The ways a text is no short code.
var (
	ErrNoCode    = errors.New("this is no code of Lanyard")
	ErrMistyped  = errors.New("the code does not add up: a letter is missing or mistaken")
	ErrNewerCode = errors.New("the code was made by a newer release")
)

// Told is what a short code tells.
type Told struct {
	Rows []Row        // verdicts alone
	Code failure.Code // the first, where something needs somebody
}

// Code is the short code of a report. A row that was not reached counts as none.
func (r Report) Code() string {
	verdicts := make(map[ID]Verdict)
	for _, row := range r.Rows {
		verdicts[row.ID] = row.Verdict
	}
	all := lists()
	var b bits
	version := len(all) - 1
	for range version {
		b.put(1, 1)
	}
	b.put(0, 1)
	needed := false
	for _, id := range all[version] {
		switch verdicts[id] {
		case Good:
			b.put(0b0, 1)
		case Look:
			b.put(0b110, 3)
			needed = true
		case Trouble:
			b.put(0b111, 3)
			needed = true
		default:
			b.put(0b10, 2)
		}
	}
	if needed {
		b.put(number(r.First()), codeBits)
	}
	return spell(b.letters())
}

// spell writes values of letters with their checksum and dashes.
func spell(letters []byte) string {
	sum := checksum(letters)
	letters = append(letters, byte(sum>>5), byte(sum&31))
	var s strings.Builder
	s.WriteString(codePrefix)
	for i, l := range letters {
		if i%4 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(codeAlphabet[l])
	}
	return s.String()
}

func checksum(letters []byte) int {
	sum := 1
	for _, l := range letters {
		sum = (sum*32 + int(l)) % codeModulus
	}
	return sum
}

// Explain takes a short code apart as a person may write it down: in small
// letters, with O for 0 and I or L for 1, with blanks, without dashes or LY. The
// error is one of [ErrNoCode], [ErrMistyped] and [ErrNewerCode].
func Explain(text string) (Told, error) {
	letters, err := read(text)
	if err != nil {
		return Told{}, err
	}
	body, sum := letters[:len(letters)-2], letters[len(letters)-2:]
	if checksum(body) != int(sum[0])<<5|int(sum[1]) {
		if !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text)), codePrefix) {
			return Told{}, ErrNoCode // any word might have been meant
		}
		return Told{}, ErrMistyped
	}
	b := bits{all: make([]byte, 0, 5*len(body))}
	for _, l := range body {
		b.put(int(l), 5)
	}
	return b.told()
}

// read gives the letters their values.
func read(text string) ([]byte, error) {
	if len(text) > maxCode {
		return nil, ErrNoCode
	}
	plain := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, strings.ToUpper(text))
	plain = strings.TrimPrefix(plain, codePrefix)
	plain = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(plain)
	if len(plain) < 3 {
		return nil, ErrNoCode
	}
	letters := make([]byte, len(plain))
	for i := range len(plain) {
		v := strings.IndexByte(codeAlphabet, plain[i])
		if v < 0 {
			return nil, ErrNoCode
		}
		letters[i] = byte(v)
	}
	return letters, nil
}

// told reads what the bits say. What adds up and has no meaning here is of a
// newer release.
func (b *bits) told() (Told, error) {
	version, all := 0, lists()
	for b.take(1) == 1 {
		version++
	}
	if version >= len(all) {
		return Told{}, ErrNewerCode
	}
	var t Told
	needed := false
	for _, id := range all[version] {
		row := Row{ID: id, Verdict: Good}
		if b.take(1) == 1 {
			row.Verdict = None
			if b.take(1) == 1 {
				row.Verdict, needed = Look, true
				if b.take(1) == 1 {
					row.Verdict = Trouble
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if needed {
		n := b.take(codeBits)
		if t.Code = withNumber(n); n > 0 && t.Code == "" {
			return t, fmt.Errorf("%w: it names failure number %d", ErrNewerCode, n)
		}
	}
	if b.short || b.rest() {
		return Told{}, ErrMistyped
	}
	return t, nil
}

// bits is a row of bits, one in each octet.
type bits struct {
	all   []byte
	at    int
	short bool // more was taken than there is
}

func (b *bits) put(v, n int) {
	for i := n - 1; i >= 0; i-- {
		b.all = append(b.all, byte(v>>i&1))
	}
}

func (b *bits) take(n int) int {
	v := 0
	for range n {
		if b.at == len(b.all) {
			b.short = true
			return 0
		}
		v = v<<1 | int(b.all[b.at])
		b.at++
	}
	return v
}

// rest tells whether there is more left than the filling.
func (b *bits) rest() bool {
	left := b.all[b.at:]
	for _, bit := range left {
		if bit != 0 {
			return true
		}
	}
	return len(left) > 4
}

// letters are the bits in fives, filled up with zeros.
func (b *bits) letters() []byte {
	for len(b.all)%5 != 0 {
		b.all = append(b.all, 0)
	}
	out := make([]byte, 0, len(b.all)/5)
	for i := 0; i < len(b.all); i += 5 {
		v := byte(0)
		for _, bit := range b.all[i : i+5] {
			v = v<<1 | bit
		}
		out = append(out, v)
	}
	return out
}
