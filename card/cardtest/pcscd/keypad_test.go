package pcscd

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestOrders: the reader does what it is told only where it is told it to the
// octet; so a client that lays an order out wrongly is found out.
func TestOrders(t *testing.T) {
	const right = "1E1E 82 08 00 0804 02 00 0000 00 000000 0D000000 00200080 08 FFFFFFFFFFFFFFFF"
	for name, tt := range map[string]struct {
		from, to string // what is changed
		ok       bool
	}{
		"right":                   {"", "", true},
		"other times and message": {"1E1E 82 08 00 0804 02 00", "0A00 82 08 00 0804 02 FF", true},
		"a PIN not as ASCII":      {" 82 08", " 81 08", false},
		"right-justified":         {" 82 08", " 86 08", false},
		"a length in the block":   {" 82 08", " 82 48", false},
		"a length elsewhere":      {"08 00 0804", "08 04 0804", false},
		"sizes the other way":     {"0804 02", "0408 02", false},
		"ended by the size":       {"0804 02", "0804 01", false},
		"more than the block":     {"0804 02", "0904 02", false},
		"another block":           {" 82 08", " 82 07", false},
		"octets the other way":    {"0D000000", "0000000D", false},
		"cut short":               {"FFFF", "", false},
		"no command":              {"0D000000 00200080 08 FFFFFFFFFFFFFFFF", "00000000", false},
	} {
		octets := strings.ReplaceAll(strings.Replace(right, tt.from, tt.to, 1), " ", "")
		in, err := hex.DecodeString(octets)
		if err != nil {
			t.Fatal(err)
		}
		o, err := parseOrder(in)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
		if err != nil {
			continue
		}
		if got := hex.EncodeToString(o.command("123456")); got != "0020008008313233343536ffff" {
			t.Errorf("%s: the card gets %s", name, got)
		}
	}
}
