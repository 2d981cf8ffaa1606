package pcsc

import (
	"bytes"
	"encoding/hex"
	"errors"
	"maps"
	"strings"
	"testing"

	"lanyard/card"
)

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestParseFeatures(t *testing.T) {
	for _, tt := range []struct {
		raw  string
		want map[feature]uint32
	}{
		{"", map[feature]uint32{}},
		{"06 04 42330006", map[feature]uint32{featureVerifyPIN: 0x42330006}},
		{"07 04 42000DB7 06 04 42000DB6 12 04 42000DC2", map[feature]uint32{0x07: 0x42000DB7, 0x06: 0x42000DB6, 0x12: 0x42000DC2}},
		{"06 04 42330006 06 04 42330007", nil},
		{"06 04 00000000", nil},
		{"06 03 423300", nil},
		{"06 05 4233000600", nil},
		{"06 04 423300", nil},
		{"06", nil},
		{strings.Repeat("06 04 42330006", maxFeatures+1), nil},
	} {
		got, err := parseFeatures(unhex(t, tt.raw))
		if tt.want == nil && !errors.Is(err, errFeatures) || tt.want != nil && (err != nil || !maps.Equal(got, tt.want)) {
			t.Errorf("%.40q: %v, %v; want %v", tt.raw, got, err, tt.want)
		}
	}
}

func TestParseProperties(t *testing.T) {
	for _, tt := range []struct {
		raw  string
		want properties
		err  error
	}{
		{"", properties{}, nil},
		{"01 02 1002 02 01 07 03 01 00 06 01 04 07 01 0C 08 03 312E30", properties{display: true, condition: 7, least: 4, most: 12}, nil},
		{"01 02 0000 0A 04 00000100", properties{}, nil},
		{"02 02 0007", properties{}, errFeatures},
		{"01 01 10", properties{}, errFeatures},
		{"06 00", properties{}, errFeatures},
		{"02 01", properties{}, errFeatures},
		{"02", properties{}, errFeatures},
		{strings.Repeat("0F 00", maxProperties), properties{}, errFeatures},
	} {
		got, err := parseProperties(unhex(t, tt.raw))
		if !errors.Is(err, tt.err) || got != tt.want {
			t.Errorf("%.40q: %+v, %v; want %+v", tt.raw, got, err, tt.want)
		}
	}
	got, err := parsePINProperties(unhex(t, "1002 07 01"))
	if want := (properties{display: true, condition: 7}); err != nil || got != want {
		t.Errorf("PIN properties: %+v, %v", got, err)
	}
	if _, err := parsePINProperties(unhex(t, "1002 07")); !errors.Is(err, errFeatures) {
		t.Errorf("PIN properties cut short: %v", err)
	}
}

// The octets that go to the reader, each field by itself.
func TestOrder(t *testing.T) {
	const command = "00 20 00 80 08 FFFFFFFFFFFFFFFF"
	for name, tt := range map[string]struct {
		k    keypad
		want string
	}{
		"plain":   {keypad{}, "1E 1E 82 08 00 08 04 02 00 0000 00 000000 0D000000" + command},
		"display": {keypad{properties: properties{display: true}}, "1E 1E 82 08 00 08 04 02 FF 0000 00 000000 0D000000" + command},
		"limits":  {keypad{properties: properties{least: 6, most: 7}}, "1E 1E 82 08 00 07 06 02 00 0000 00 000000 0D000000" + command},
		"wider":   {keypad{properties: properties{least: 1, most: 16}}, "1E 1E 82 08 00 08 04 02 00 0000 00 000000 0D000000" + command},
	} {
		got, err := tt.k.order(unhex(t, command), 4, 8)
		if err != nil || !bytes.Equal(got, unhex(t, tt.want)) {
			t.Errorf("%s: %X, %v; want %s", name, got, err, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		command     string
		k           keypad
		least, most int
	}{
		"no data":               {"00 20 00 80", keypad{}, 4, 8},
		"empty data":            {"00 20 00 80 00", keypad{}, 4, 8},
		"another length":        {"00 20 00 80 08 FFFF", keypad{}, 1, 2},
		"a block too long":      {"00 20 00 80 10" + strings.Repeat("FF", 16), keypad{}, 4, 8},
		"digits beyond it":      {"00 20 00 80 02 FFFF", keypad{}, 4, 8},
		"digits upside down":    {command, keypad{}, 8, 4},
		"keys for longer PINs":  {command, keypad{properties: properties{least: 9}}, 4, 8},
		"keys for shorter PINs": {command, keypad{properties: properties{most: 3}}, 4, 8},
	} {
		if got, err := tt.k.order(unhex(t, tt.command), tt.least, tt.most); !errors.Is(err, card.ErrUnsupported) || got != nil {
			t.Errorf("%s: %X, %v", name, got, err)
		}
	}
}

func FuzzFeatures(f *testing.F) {
	f.Add(unhex(f, "06 04 42330006 12 04 42330012"))
	f.Add(unhex(f, "06 03 423300"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		found, err := parseFeatures(raw)
		if err != nil {
			if !errors.Is(err, errFeatures) || found != nil {
				t.Fatalf("%v, %v", found, err)
			}
			return
		}
		if len(found)*6 != len(raw) {
			t.Fatalf("%d features in %d octets", len(found), len(raw))
		}
	})
}

func FuzzProperties(f *testing.F) {
	f.Add(unhex(f, "01 02 1002 02 01 07 06 01 04 07 01 0C"))
	f.Add(unhex(f, "1002 07 01"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, parse := range []func([]byte) (properties, error){parseProperties, parsePINProperties} {
			p, err := parse(raw)
			if err != nil && (!errors.Is(err, errFeatures) || p != properties{}) {
				t.Fatalf("%+v, %v", p, err)
			}
			k := keypad{properties: p}
			command := []byte{0, 0x20, 0, 0x80, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}
			order, err := k.order(command, card.MinPIN, card.MaxPIN)
			if err == nil && (order[5] > card.MaxPIN || order[6] < card.MinPIN || order[6] > order[5]) {
				t.Fatalf("order %X", order)
			}
		}
	})
}
