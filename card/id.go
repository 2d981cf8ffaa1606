package card

import (
	"encoding/hex"
	"strings"
	"sync/atomic"
)

// ReaderID is a reader's name as the reader service gives it. Names change
// with the port a reader is plugged into, so it never identifies a card and is
// never stored.
type ReaderID string

// TokenID identifies a card: its serial number or the fingerprint of its
// authentication certificate, never a slot number.
type TokenID string

// ATR is a card's answer to reset. It tells the kind of a card, not which one.
type ATR []byte

// MaxATR is the longest answer to reset ISO 7816-3 allows, in octets.
const MaxATR = 33

// String writes the ATR as spaced upper-case hex, as card tools print it.
func (a ATR) String() string {
	if len(a) == 0 {
		return ""
	}
	s := strings.ToUpper(hex.EncodeToString(a))
	var b strings.Builder
	for i := 0; i < len(s); i += 2 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s[i : i+2])
	}
	return b.String()
}

// Generation numbers insertions. Every insertion, in whichever reader, has one
// of its own; a result that belongs to an older generation changes nothing.
type Generation uint64

// Generations hands out generation numbers. All watchers of one process share
// one, so that no two insertions are ever taken for each other.
type Generations struct{ last atomic.Uint64 }

// Next returns a number never returned before; the first is 1.
func (g *Generations) Next() Generation { return Generation(g.last.Add(1)) }
