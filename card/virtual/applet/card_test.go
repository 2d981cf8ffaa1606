package applet_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"

	"lanyard/card/apdu"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/applet/applettest"
)

const (
	selectPIV = "00A4040009 A00000030800001000 00"
	pinState  = "00200080"
	verifyPIN = "0020008008 313233343536FFFF"
	wrongPIN  = "0020008008 393939393939FFFF"
	dropPIN   = "0020FF80"
)

// sharedKeys are made once: what differs between the tests is the card's state.
var sharedKeys = sync.OnceValue(func() applettest.Kind { return applettest.Once(applettest.RSA(1024)) })

func newCard(t testing.TB, o applet.Options) (*applet.Card, *applettest.Backend) {
	t.Helper()
	b := applettest.New(t, sharedKeys())
	return applet.New(b, o), b
}

func send(t testing.TB, c *applet.Card, command string) string {
	t.Helper()
	raw, err := hex.DecodeString(strings.ReplaceAll(command, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Transmit(t.Context(), raw)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return strings.ToUpper(hex.EncodeToString(answer))
}

// A step is a command and the answer to it; an answer that begins with … is
// compared at its end only.
type step struct{ command, answer string }

func play(t *testing.T, c *applet.Card, steps []step) {
	t.Helper()
	for i, s := range steps {
		got := send(t, c, s.command)
		want := strings.ReplaceAll(s.answer, " ", "")
		if end, ok := strings.CutPrefix(want, "…"); ok && strings.HasSuffix(got, end) || got == want {
			continue
		}
		t.Fatalf("step %d: %s answered %s, want %s", i+1, s.command, got, s.answer)
	}
}

func TestAnswerToReset(t *testing.T) {
	c, _ := newCard(t, applet.Options{})
	want := "3B8F8131FE458073C021C0F9A00000030800001000"
	atr := strings.ToUpper(hex.EncodeToString(c.ATR()))
	if !strings.HasPrefix(atr, want) || len(atr) != len(want)+2 {
		t.Errorf("ATR %s, want %s and a check octet", atr, want)
	}
	var sum byte
	for _, b := range c.ATR()[1:] {
		sum ^= b
	}
	if sum != 0 {
		t.Errorf("check octet of %s is wrong", atr)
	}
}

func TestDialogues(t *testing.T) {
	const apt = "6111 4F06000010000100 79074F05A000000308 9000"
	for name, steps := range map[string][]step{
		"select by the whole name and by parts of it": {
			{"00A404000B A000000308000010000100 00", apt}, {selectPIV, apt}, {"00A4040005 A000000308 00", apt}, {"00A4040005 A000000308", apt},
		},
		"select what is not there": {
			{"00A4040004 A0000003 00", "6A82"},
			{"00A4040006 A000000309FF 00", "6A82"},
			{"00A40400", "6A82"},
			{"00A4040007 627601FF000000 00", "6A82"},
			{"00A4000002 3F00 00", "6A82"},
			{"00A4040C09 A00000030800001000", "6A86"},
			{"00A404000C A00000030800001000010000 00", "6A82"},
		},
		"nothing is known before select": {
			{"00CADF3000", "6D00"}, {"00CB3FFF03 5C017E 00", "6D00"}, {pinState, "6D00"}, {verifyPIN, "6D00"},
		},
		"a failed or repeated select changes nothing": {
			{selectPIV, apt},
			{verifyPIN, "9000"},
			{"00A4040006 A000000309FF 00", "6A82"},
			{pinState, "9000"},
			{selectPIV, apt},
			{pinState, "9000"},
		},
		"discovery stands in no 53": {
			{selectPIV, apt}, {"00CB3FFF03 5C017E 00", "7E12 4F0BA000000308000010000100 5F2F024000 9000"},
		},
		"objects that are not there": {
			{selectPIV, apt},
			{"00CB3FFF05 5C035FC10C 00", "6A82"},
			{"00CB3FFF05 5C035FC109 00", "6A82"},
			{"00CB3FFF04 5C027F61 00", "6A82"},
			{"00CB3FFF06 5C045FC10500 00", "6A80"},
			{"00CB3FFF01 5C 00", "6A80"},
			{"00CB3FFF05 5D035FC105 00", "6A80"},
			{"00CB3F0005 5C035FC105 00", "6A86"},
		},
		"the PIN's state costs no try": {
			{selectPIV, apt}, {pinState, "63C3"}, {pinState, "63C3"}, {"0020008000", "63C3"}, {verifyPIN, "9000"}, {pinState, "9000"},
		},
		"dropping the PIN's state": {
			{selectPIV, apt},
			{verifyPIN, "9000"},
			{dropPIN, "9000"},
			{pinState, "63C3"},
			{"0020FF8001 31", "6A80"},
			{"00200180", "6A86"},
			{"00200000", "6A88"},
			{"00200081", "6A88"},
		},
		"what cannot be a PIN costs no try": {
			{selectPIV, apt},
			{"0020008006 313233343536", "6A80"},
			{"0020008008 3132FF3435FFFFFF", "6A80"},
			{"0020008008 FFFFFFFFFFFFFFFF", "6A80"},
			{"0020008008 313233FFFFFFFFFF", "6A80"},
			{"0020008009 313233343536373839", "6A80"},
			{pinState, "63C3"},
		},
		"wrong PINs lock the card": {
			{selectPIV, apt},
			{verifyPIN, "9000"},
			{wrongPIN, "63C2"},
			{pinState, "63C2"},
			{wrongPIN, "63C1"},
			{wrongPIN, "63C0"},
			{wrongPIN, "6983"},
			{verifyPIN, "6983"},
			{pinState, "6983"},
		},
		"an accepted PIN gives the tries back": {
			{selectPIV, apt}, {wrongPIN, "63C2"}, {wrongPIN, "63C1"}, {verifyPIN, "9000"}, {dropPIN, "9000"}, {pinState, "63C3"},
		},
		"change of the PIN": {
			{selectPIV, apt},
			{"0024008010 393939393939FFFF 3635343332 31FFFF", "63C2"},
			{"0024008010 313233343536FFFF 363534FFFFFFFFFF", "6A80"},
			{"0024008010 313233343536FFFF 36353433FFFFFFFF", "6A80"},
			{pinState, "63C2"},
			{"0024008010 313233343536FFFF 363534333231FFFF", "9000"},
			{pinState, "9000"},
			{dropPIN, "9000"},
			{verifyPIN, "63C2"},
			{"0020008008 363534333231FFFF", "9000"},
			{"0024008110 313233343536FFFF 363534333231FFFF", "6A88"},
			{"0024018010 313233343536FFFF 363534333231FFFF", "6A86"},
			{"002400800F 313233343536FFFF 363534333231FF", "6A80"},
		},
		"change of the PIN of a locked card": {
			{selectPIV, apt},
			{wrongPIN, "63C2"},
			{wrongPIN, "63C1"},
			{wrongPIN, "63C0"},
			{"0024008010 313233343536FFFF 363534333231FFFF", "6983"},
		},
		"unlocking": {
			{selectPIV, apt},
			{wrongPIN, "63C2"},
			{wrongPIN, "63C1"},
			{wrongPIN, "63C0"},
			{"002C008010 3030303030303030 363534333231FFFF", "63C2"},
			{"002C008010 3837363534333231 36353433FFFFFFFF", "6A80"},
			{"002C008010 3837363534333231 363534333231FFFF", "9000"},
			{pinState, "63C3"},
			{"0020008008 363534333231FFFF", "9000"},
			{"002C008010 3837363534333231 363534333231FFFF", "9000"},
			{pinState, "63C3"},
		},
		"a PUK that is spent": {
			{selectPIV, apt},
			{"002C008010 3030303030303030 363534333231FFFF", "63C2"},
			{"002C008010 3030303030303030 363534333231FFFF", "63C1"},
			{"002C008010 3030303030303030 363534333231FFFF", "63C0"},
			{"002C008010 3837363534333231 363534333231FFFF", "6983"},
		},
		"classes and instructions": {
			{selectPIV, apt},
			{"0CCB3FFF03 5C017E 00", "6882"},
			{"01CB3FFF03 5C017E 00", "6881"},
			{"80CB3FFF03 5C017E 00", "6E00"},
			{"00CADF3000", "6D00"},
			{"00FD0000", "6D00"},
			{"0047009A 00", "6D00"},
			{"00CB3FFF05 5C", "6700"},
			{"10CB3FFF03 5C017E 00", "6884"},
			{"00C0000000", "6985"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newCard(t, applet.Options{})
			play(t, c, steps)
		})
	}
}

func TestPowerTakesTheState(t *testing.T) {
	for name, fn := range map[string]func(*applet.Card){
		"off": (*applet.Card).PowerOff, "on": (*applet.Card).PowerOn, "reset": (*applet.Card).Reset,
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newCard(t, applet.Options{})
			send(t, c, selectPIV)
			play(t, c, []step{{verifyPIN, "9000"}})
			fn(c)
			play(t, c, []step{{pinState, "6D00"}})
			send(t, c, selectPIV)
			play(t, c, []step{{pinState, "63C3"}})
		})
	}
}

func TestLongAnswers(t *testing.T) {
	c, b := newCard(t, applet.Options{})
	send(t, c, selectPIV)
	const get = "00CB3FFF05 5C035FC105"
	der := b.Certificate(applet.SlotAuthentication)
	v := apdu.AppendTLV(nil, 0x70, der)
	object := apdu.AppendTLV(nil, 0x53, append(v, 0x71, 0x01, 0x00, 0xFE, 0x00))

	t.Run("extended Le brings it whole", func(t *testing.T) {
		got := send(t, c, "00CB3FFF 000005 5C035FC105 0000")
		if want := strings.ToUpper(hex.EncodeToString(object)) + "9000"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	t.Run("short Le brings it in pieces", func(t *testing.T) {
		var whole []byte
		answer := send(t, c, get+"00")
		for {
			raw, _ := hex.DecodeString(answer)
			data, s, err := apdu.SplitAnswer(raw)
			if err != nil {
				t.Fatal(err)
			}
			whole = append(whole, data...)
			ne, more := s.More()
			if !more {
				break
			}
			if left := len(object) - len(whole); left <= 255 && ne != left {
				t.Fatalf("says %d octets wait, %d do", ne, left)
			}
			answer = send(t, c, "00C0000000")
		}
		if !bytes.Equal(whole, object) {
			t.Errorf("%X, want %X", whole, object)
		}
		play(t, c, []step{{"00C0000000", "6985"}})
	})
	t.Run("a look at the length", func(t *testing.T) {
		if got, want := send(t, c, get+"08"), strings.ToUpper(hex.EncodeToString(object[:8]))+"6100"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		// Another command drops what waits.
		play(t, c, []step{{pinState, "63C3"}, {"00C0000000", "6985"}})
	})
	t.Run("no Le brings nothing yet", func(t *testing.T) {
		play(t, c, []step{{get, "6100"}})
	})
}

func TestEmptySlotAndBrokenBackend(t *testing.T) {
	c, b := newCard(t, applet.Options{})
	send(t, c, selectPIV)
	b.SetCertificate(applet.SlotSignature, nil)
	play(t, c, []step{
		{"00CB3FFF05 5C035FC10A 00", "6A82"},
		{"0087069C06 7C0482008100 00", "6A88"},
		{"0087069D06 7C0482008100 00", "6A88"},
	})
	b.Break(errors.New("disk is full"))
	play(t, c, []step{
		{verifyPIN, "6581"},
		{"0024008010 313233343536FFFF 363534333231FFFF", "6581"},
		{"002C008010 3837363534333231 363534333231FFFF", "6581"},
		{pinState, "63C3"},
	})
	b.SetCertificate(applet.SlotAuthentication, nil)
	if got := send(t, c, "00CB3FFF05 5C035FC102 00"); !strings.Contains(got, hex.EncodeToString([]byte("20991231"))) {
		t.Errorf("holder identifier %s tells another expiry", got)
	}
}

func TestEndedContext(t *testing.T) {
	c, _ := newCard(t, applet.Options{})
	why := errors.New("pulled")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := c.Transmit(ctx, []byte{0, 0x20, 0, 0x80}); !errors.Is(err, why) {
		t.Errorf("%v, want the context's cause", err)
	}
}

func TestYubicoInstructions(t *testing.T) {
	c, b := newCard(t, applet.Options{Yubico: true})
	send(t, c, selectPIV)
	guid := b.GUID()
	play(t, c, []step{
		{"00FD000000", "050300 9000"},
		{"00F8000000", strings.ToUpper(hex.EncodeToString(guid[:4])) + "9000"},
		{"00F7009D00", "6A88"},
		{"00F9009A00", "6D00"},
	})
	for slot, policy := range map[string]string{"9A": "02", "9C": "03"} {
		if got := send(t, c, "00F700"+slot+"00"); !strings.HasPrefix(got, "0101060202"+policy+"0103010204") {
			t.Errorf("metadata of %s: %s", slot, got)
		}
	}
}
