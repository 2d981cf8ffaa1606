package demo

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/card/virtual"
)

// Hold keeps a bench up, its card in, until ctx ends; it then returns nil. What
// other programs need to know is written to the shell file env, if one is
// named, and told when everything is ready.
func Hold(ctx context.Context, o Options, env string, tell func(ctx context.Context, text string)) (err error) {
	b, err := Start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if env != "" { // of a demo that was killed: nobody is to read it
		if err := os.Remove(env); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s of an earlier demo: %w", env, err)
		}
	}
	lines, err := b.exports(ctx)
	if err != nil {
		return err
	}
	if err := b.putIn(ctx); err != nil {
		return fmt.Errorf("put the card in: %w", err)
	}
	if env != "" {
		if err := writeWhole(env, []byte(lines)); err != nil {
			return fmt.Errorf("write %s: %w", env, err)
		}
		defer func() { _ = os.Remove(env) }()
		tell(ctx, fmt.Sprintf("Everything is up. Source %s to use it; Ctrl+C ends it.\n", env))
	} else {
		tell(ctx, lines+"Everything is up; Ctrl+C ends it.\n")
	}
	ended := make(chan error, 1)
	go func() { ended <- b.group.Wait() }()
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("a part of the demo ended by itself: %w", err)
	}
}

// putIn puts the card in and waits until the agent has read it: then other
// programs see it too.
func (b *Bench) putIn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stepTime)
	defer cancel()
	desk := watch(ctx, b.Agent)
	defer desk.stop()
	if err := b.Slot.Insert(ctx); err != nil {
		return err
	}
	_, err := desk.until(ctx, "the card", func(s agent.Snapshot) bool {
		return s.Card != nil && s.Card.Token != "" || s.Problem != nil && s.Card != nil
	})
	return err
}

// exports makes the shell lines that tell other programs how to use the bench.
func (b *Bench) exports(ctx context.Context) (string, error) {
	cert := b.material.path(certName)
	if err := b.writeCertificate(ctx, cert); err != nil {
		return "", err
	}
	var text strings.Builder
	for _, e := range [][2]string{
		{"LANYARD_SERVER", b.Base},
		{"LANYARD_HOST", b.Host},
		{"LANYARD_CA", b.Anchor},
		{"LANYARD_UID", string(b.Holder.uid)},
		{"LANYARD_PIN", string(b.material.pin)},
		{"LANYARD_CERT", cert},
		{"LANYARD_SOCKET", b.Socket},
		{"LANYARD_PKCS11", b.Slot.Module},
		{"PCSCLITE_CSOCK_NAME", b.Slot.Socket},
	} {
		if e[1] != "" {
			fmt.Fprintf(&text, "export %s=%s\n", e[0], quote(e[1]))
		}
	}
	return text.String(), nil
}

// writeCertificate writes the card's authentication certificate as PEM.
func (b *Bench) writeCertificate(ctx context.Context, path string) (err error) {
	c, err := virtual.Open(ctx, b.material.card(), b.material.device)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	for _, p := range c.Pairs() {
		if card.PurposeOf(p.Cert) == card.Authentication {
			return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Cert.Raw}), 0o644)
		}
	}
	return fmt.Errorf("demo: %w", card.ErrNoCert)
}

// quote makes a word of a shell.
func quote(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// plain is a word that means itself to a shell.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`)

// writeWhole writes a file that only its owner can read; who reads it finds
// all of it or nothing.
func writeWhole(path string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".lanyard-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if _, err = f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
