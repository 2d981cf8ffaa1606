package card_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"lanyard/card"
)

func TestPINIsNeverShown(t *testing.T) {
	pin := card.NewPIN([]byte("73194628"))
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("typed", "pin", pin, "in", struct{ P *card.PIN }{pin})
	shown := log.String() + fmt.Sprintf("%v %+v %#v %s %d %x %q", pin, pin, pin, pin, pin, pin, pin) + fmt.Sprint(pin) + fmt.Sprint([]*card.PIN{pin})
	if b, err := json.Marshal(pin); err == nil {
		t.Errorf("a PIN was encoded: %s", b)
	}
	for _, secret := range []string{"73194628", "3733313934363238", "[55 51"} {
		if strings.Contains(shown, secret) {
			t.Errorf("shown: %s", shown)
		}
	}
}

func TestPINWipes(t *testing.T) {
	octets := make([]byte, 4, 8)
	copy(octets, "1234")
	copy(octets[:8][4:], "rest")
	pin := card.NewPIN(octets)
	clone := pin.Clone()
	pin.Wipe()
	pin.Wipe()
	if string(octets[:8]) != strings.Repeat("\x00", 8) || pin.Len() != 0 {
		t.Errorf("left: %q", octets[:8])
	}
	if string(clone.Octets()) != "1234" {
		t.Error("the clone went with it")
	}
	(*card.PIN)(nil).Wipe()
}

func TestPINCheck(t *testing.T) {
	for pin, ok := range map[string]bool{
		"": false, "123": false, "1234": true, "12345678": true, "123456789": false, "abCD!~": true,
		"12 34": false, "12\x0034": false, "caffè": false, strings.Repeat("1", 300): false,
	} {
		err := card.NewPIN([]byte(pin)).Check()
		if (err == nil) != ok {
			t.Errorf("%q: %v", pin, err)
		}
		if err != nil && !errors.Is(err, card.ErrPINFormat) {
			t.Errorf("%q: %v is not ErrPINFormat", pin, err)
		}
		if err != nil && pin != "" && strings.Contains(err.Error(), pin) {
			t.Errorf("the error repeats the PIN: %v", err)
		}
	}
}

func TestOnePINIsGivenOnce(t *testing.T) {
	src, wipe := card.OnePIN(card.NewPIN([]byte("1234")))
	if _, err := src.PIN(t.Context(), card.PINPrompt{}); err != nil {
		t.Fatal(err)
	}
	if _, err := src.PIN(t.Context(), card.PINPrompt{}); !errors.Is(err, card.ErrPINSpent) {
		t.Errorf("given again: %v", err)
	}
	wipe()
}

func TestPINErrors(t *testing.T) {
	if err := error(&card.PINError{Retries: 2}); errors.Is(err, card.ErrPINBlocked) || err.Error() != "wrong passcode, 2 tries left" {
		t.Error(err)
	}
	if err := error(&card.PINError{Retries: 0}); !errors.Is(err, card.ErrPINBlocked) {
		t.Error(err)
	}
	if err := error(&card.PUKError{Retries: 0, Err: card.ErrRemoved}); !errors.Is(err, card.ErrPUKBlocked) || !errors.Is(err, card.ErrRemoved) {
		t.Error(err)
	}
}

func TestATR(t *testing.T) {
	if s := card.ATR(nil).String(); s != "" {
		t.Errorf("empty: %q", s)
	}
	if s := (card.ATR{0x3b, 0xf9, 0x18}).String(); s != "3B F9 18" {
		t.Errorf("got %q", s)
	}
}

type opener struct{ err error }

func (o opener) Open(context.Context, card.Event) (card.Token, error) { return nil, o.err }

func TestOpeners(t *testing.T) {
	for _, c := range []struct {
		name string
		o    card.Openers
		want error
	}{
		{"none", nil, card.ErrUnsupported},
		{"no one knows it", card.Openers{opener{card.ErrUnsupported}, opener{card.ErrUnsupported}}, card.ErrUnsupported},
		{"a module would help", card.Openers{opener{card.ErrUnsupported}, opener{fmt.Errorf("x: %w", card.ErrModuleMissing)}}, card.ErrModuleMissing},
		{"the first failure that is not about the kind ends it", card.Openers{opener{card.ErrUnsupported}, opener{card.ErrMute}, opener{card.ErrBusy}}, card.ErrMute},
	} {
		if _, err := c.o.Open(t.Context(), card.Event{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
