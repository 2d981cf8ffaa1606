package virtual_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/cardtest"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/card/virtual/fault"
)

func scripted(t *testing.T, script string) *fault.Player {
	t.Helper()
	s, err := fault.Parse([]byte(script))
	if err != nil {
		t.Fatal(err)
	}
	return fault.NewPlayer(s)
}

func keyFor(t *testing.T, tok card.Token, p card.Purpose) card.Key {
	t.Helper()
	keys, err := tok.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Purpose == p {
			return k
		}
	}
	t.Fatalf("no %v key", p)
	return card.Key{}
}

// TestEveryFaultAtEveryCommand: whatever goes wrong at whichever command of a
// batch, a typed PIN meets at most one refusal or silence, is asked for once
// and is wiped, and nothing stays open on the card.
func TestEveryFaultAtEveryCommand(t *testing.T) {
	path := makeCard(t, aSpec(t, virtual.P256))
	for _, deed := range []string{"pull", "pull after", "mute", "mute after", "reset", "reset after", "answer 6F00"} {
		for n := 3; n <= 12; n++ {
			t.Run(fmt.Sprintf("at %d %s", n, deed), func(t *testing.T) { oneFault(t, path, fmt.Sprintf("at %d %s", n, deed)) })
		}
	}
	for n := 1; n <= 3; n++ {
		for _, left := range []int{0, 2} {
			script := fmt.Sprintf("at verify %d refuse %d", n, left)
			t.Run(script, func(t *testing.T) { oneFault(t, path, script) })
		}
	}
}

func oneFault(t *testing.T, path, script string) {
	s := subject(t, path, scripted(t, script))
	defer func() { _ = s.Token.Close() }()
	k := keyFor(t, s.Token, card.ContentCommitment)
	var given []byte
	asked := 0
	src := card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		asked++
		given = []byte(thePIN)
		return card.NewPIN(given), nil
	})
	tok, ok := s.Token.(*virtual.Token)
	if !ok {
		t.Fatalf("token is %T", s.Token)
	}
	digests := [][]byte{make([]byte, 32), make([]byte, 32), make([]byte, 32)}
	signed := 0
	err := tok.SignBatch(t.Context(), k, digests, crypto.SHA256, src, func(int, []byte) error {
		signed++
		return nil
	})
	if (err == nil) != (signed == 3) {
		t.Errorf("%d signed, %v", signed, err)
	}
	tally := tok.Tally()
	if asked > 1 || tally.Refused+tally.Unanswered > 1 || tally.Accepted < signed {
		t.Errorf("asked %d times, %+v, %d signed", asked, tally, signed)
	}
	if len(bytes.Trim(given, "\x00")) != 0 {
		t.Error("the PIN was not wiped")
	}
	if tok.Verified() {
		t.Error("PIN state is still up")
	}
	if unknown := errors.Is(err, card.ErrPINUnknown); unknown != (tally.Unanswered == 1) {
		t.Errorf("outcome unknown %v, %+v: %v", unknown, tally, err)
	}
}

func TestExpiredByScript(t *testing.T) {
	spec := aSpec(t, virtual.P256)
	ca := cardtest.NewIssuer(t)
	ca.From, ca.Until = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
	spec.Expired = ca.For("555012345678")
	s := subject(t, makeCard(t, spec), scripted(t, "expired"))
	defer func() { _ = s.Token.Close() }()
	k := keyFor(t, s.Token, card.Authentication)
	if time.Now().Before(k.Cert.NotAfter) {
		t.Errorf("valid until %v", k.Cert.NotAfter)
	}
	src, wipe := card.OnePIN(secret(thePIN))
	defer wipe()
	if _, err := s.Token.Sign(t.Context(), k, make([]byte, 32), crypto.SHA256, src); err != nil {
		t.Errorf("an expired card still signs: %v", err)
	}
	none := subject(t, makeCard(t, aSpec(t, virtual.P256)), scripted(t, "expired"))
	defer func() { _ = none.Token.Close() }()
	if _, err := none.Token.Keys(t.Context()); !errors.Is(err, card.ErrNoCert) {
		t.Errorf("card without such certificates: %v", err)
	}
}

func TestLockedByScript(t *testing.T) {
	s := subject(t, makeCard(t, aSpec(t, virtual.P256)), scripted(t, "locked"))
	defer func() { _ = s.Token.Close() }()
	src := card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		t.Error("PIN asked for on a locked card")
		return nil, card.ErrCancelled
	})
	_, err := s.Token.Sign(t.Context(), keyFor(t, s.Token, card.Authentication), make([]byte, 32), crypto.SHA256, src)
	if !errors.Is(err, card.ErrPINBlocked) {
		t.Error(err)
	}
}

// TestCertificateOfAnotherCA: a CA that answers with another key's certificate
// makes no card.
func TestCertificateOfAnotherKey(t *testing.T) {
	spec := aSpec(t, virtual.P256)
	ca := cardtest.NewIssuer(t)
	var first crypto.PublicKey
	spec.Issue = func(p card.Purpose, pub crypto.PublicKey) (*x509.Certificate, error) {
		if first == nil {
			first = pub
		}
		return ca.Issue(p, "555012345678", first), nil
	}
	if _, err := virtual.Create(t.Context(), t.TempDir()+"/x.card", deviceKey{}, spec); err == nil {
		t.Error("no error")
	}
}

// TestTwoProcesses: wrong PINs of several processes at once spend one try each
// and never one together.
func TestTwoProcesses(t *testing.T) {
	if path := os.Getenv("LANYARD_TEST_CARD"); path != "" {
		c, err := virtual.Open(t.Context(), path, deviceKey{1})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			var refused *card.PINError
			if err := c.VerifyPIN(t.Context(), secret("11111111")); !errors.As(err, &refused) {
				t.Fatal(err)
			}
			fmt.Printf("left %d\n", refused.Retries)
		}
		return
	}
	spec := aSpec(t, virtual.P256)
	spec.PINTries = 15
	path := makeCard(t, spec)
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcesses$")
			cmd.Env = append(os.Environ(), "LANYARD_TEST_CARD="+path)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			mu.Lock()
			defer mu.Unlock()
			for line := range strings.Lines(string(out)) {
				if left, ok := strings.CutPrefix(strings.TrimSpace(line), "left "); ok {
					seen[left]++
				}
			}
		})
	}
	wg.Wait()
	for left := 3; left < 15; left++ {
		if n := seen[fmt.Sprint(left)]; n != 1 {
			t.Errorf("%d tries left was told %d times: %v", left, n, seen)
		}
	}
}

// TestBehindApplet: the same card file behind the PIV applet, with a script
// between: tries, PIN state and counts are the card's own.
func TestBehindApplet(t *testing.T) {
	c, err := virtual.Open(t.Context(), makeCard(t, aSpec(t, virtual.RSA2048)), deviceKey{1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	log := slog.New(slog.DiscardHandler)
	piv := virtual.NewPIV(c, false, log)
	chip := applet.New(piv, applet.Options{Log: log})
	p := scripted(t, "at verify 3 refuse 1\nat verify 5 pull")
	p.Attach(chip.PowerOff, chip.Reset)
	transmit := p.Wrap(chip.Transmit)
	right := "0020008008" + hex.EncodeToString([]byte(thePIN))
	for i, step := range []struct{ apdu, want string }{
		{"00A4040009A0000003080000100000", "9000"},
		{"00200080", "63c3"},
		{"00200080083131313131313131", "63c2"},
		{"00200080", "63c2"},
		{right, "9000"},
		{"00200080", "9000"},
		{"0020FF80", "9000"},
		{"00200080", "63c3"},
		{right, "63c1"}, // the script's word, not the card's
		{"00200080", "63c3"},
		{"0020008004313131", "6700"},
		{"0024008010" + hex.EncodeToString([]byte("11111111"+"22222222")), "63c2"},
		{"002C008010" + hex.EncodeToString([]byte("11111111"+"22222222")), "63c2"},
		{"002C008010" + hex.EncodeToString([]byte(thePUK+"22222222")), "9000"},
		{"00200080", "63c3"},
	} {
		apdu, err := hex.DecodeString(step.apdu)
		if err != nil {
			t.Fatal(err)
		}
		out, err := transmit(t.Context(), apdu)
		if err != nil || len(out) < 2 || hex.EncodeToString(out[len(out)-2:]) != step.want {
			t.Errorf("step %d, %s: %X, %v; want %s", i, step.apdu, out, err, step.want)
		}
	}
	apdu, err := hex.DecodeString(right)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transmit(t.Context(), apdu); !errors.Is(err, card.ErrRemoved) {
		t.Errorf("pull: %v", err)
	}
	if got, want := p.Tally(), (fault.Tally{Accepted: 1, Refused: 2, Unanswered: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if piv.Certificate(applet.SlotAuthentication) == nil || piv.Certificate(0x9E) != nil || piv.GUID() != c.Serial() {
		t.Error("certificates or GUID are not the card's")
	}
}
