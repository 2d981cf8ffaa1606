package real_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/client"
	"lanyard/broker/wire/answer"
	"lanyard/card"
	"lanyard/card/pcsc"
	"lanyard/card/pkcs11"
)

// profile is the bench as an agent's environment.
func profile(t *testing.T) client.Profile {
	t.Helper()
	return client.Profile{Name: "demo", Colour: "#7B1E6A", BaseURL: bench.env["LANYARD_SERVER"], Anchors: []*x509.Certificate{certificate(t, "LANYARD_CA")}, Proxy: "direct"}
}

func certificate(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(bench.env[name])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s is no PEM file", name)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestForeignProgramSignsOn signs the server's challenge with pkcs11-tool
// through OpenSC's module, as a client that is not ours would.
func TestForeignProgramSignsOn(t *testing.T) {
	cert := certificate(t, "LANYARD_CERT")
	wire, err := client.New(client.Config{Profile: profile(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer wire.Close()
	for name, c := range map[string]struct {
		hash      crypto.Hash
		mechanism string
		id        string
	}{
		"SHA-256":                    {crypto.SHA256, "SHA256-RSA-PKCS", "01"},
		"SHA-1":                      {crypto.SHA1, "SHA1-RSA-PKCS", "01"},
		"the last key that decrypts": {crypto.SHA256, "SHA256-RSA-PKCS", "03"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := wire.Activate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			der, err := answer.Build(t.Context(), a.Challenge, cert, c.hash, func(context.Context, []byte) ([]byte, error) {
				in, out := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
				if err := os.WriteFile(in, a.Challenge, 0o600); err != nil {
					return nil, err
				}
				tool(t, "pkcs11-tool", "--module", bench.env["LANYARD_PKCS11"], "--login", "--pin", bench.env["LANYARD_PIN"],
					"--sign", "--id", c.id, "--mechanism", c.mechanism, "--input-file", in, "--output-file", out)
				return os.ReadFile(out)
			})
			if err != nil {
				t.Fatal(err)
			}
			on, err := wire.Validate(t.Context(), a, broker.UID(bench.env["LANYARD_UID"]), der)
			if err != nil {
				t.Fatal(err)
			}
			if len(on.Roles) < 2 || on.Ticket.IsZero() {
				t.Errorf("roles %d, ticket there: %v", len(on.Roles), !on.Ticket.IsZero())
			}
			if err := wire.Logout(t.Context(), on); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestModuleTestsItself runs OpenSC's own test of a token on our card.
func TestModuleTestsItself(t *testing.T) {
	out := tool(t, "pkcs11-tool", "--module", bench.env["LANYARD_PKCS11"], "--login", "--pin", bench.env["LANYARD_PIN"], "--test")
	if !strings.Contains(out, "No errors") {
		t.Errorf("pkcs11-tool --test:\n%s", out)
	}
}

// TestAgentThroughOpenSC signs on with an agent that has only OpenSC's module,
// as for a card that is no PIV card.
func TestAgentThroughOpenSC(t *testing.T) {
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	modules, err := pkcs11.NewOpener(pkcs11.Config{Module: bench.env["LANYARD_PKCS11"], Log: log})
	if err != nil {
		t.Fatal(err)
	}
	wire, err := client.New(client.Config{Profile: profile(t), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	a, err := agent.New(agent.Config{
		Watcher: pcsc.NewWatcher(log, new(card.Generations)), Opener: modules, Server: wire, Mode: agent.Normal, Log: log,
		Policy: agent.Policy{Virtual: true, Demo: true}, Environment: agent.Environment{Name: "demo"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Run(running) }()
	defer func() {
		stop()
		if err := errors.Join(<-ended, modules.Close()); err != nil {
			t.Error(err)
		}
		wire.Close()
	}()
	typed, chosen := false, false
	var last agent.Snapshot
	signedOn := errors.New("signed on")
	watching, seen := context.WithCancelCause(ctx)
	err = a.Watch(watching, func(s agent.Snapshot) {
		last = s
		switch {
		case s.PINWanted && s.Card != nil && !typed:
			typed = true
			err := a.Do(ctx, agent.SubmitPIN{Gen: s.Card.Gen, PIN: card.NewPIN([]byte(bench.env["LANYARD_PIN"]))})
			if err != nil {
				seen(err)
			}
		case s.Phase == agent.ChoosingRole && !chosen:
			chosen = true
			if err := a.Do(ctx, agent.ChooseRole{ID: s.Roles[0].ID}); err != nil {
				seen(err)
			}
		case s.Phase == agent.SignedOn:
			seen(signedOn)
		}
	})
	if !errors.Is(err, signedOn) {
		t.Fatalf("%v; the desk is at %v, %+v", err, last.Phase, last.Problem)
	}
	if last.UID != broker.UID(bench.env["LANYARD_UID"]) {
		t.Errorf("signed on: %s", last.UID)
	}
}
