package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"lanyard/broker/localapi"
	"lanyard/broker/settings"
	"lanyard/card"
	"lanyard/card/pcsc"
	"lanyard/card/piv"
	"lanyard/card/pkcs11"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
)

// source is where cards come from.
type source struct {
	watcher card.Watcher
	opener  card.Opener
	drawer  localapi.Drawer // nil: cards go in by hand
	close   func() error
}

func cards(c settings.Card, log *slog.Logger) (source, error) {
	if c.Source == "drawer" {
		return fromDrawer(c, log)
	}
	return fromReaders(c, log)
}

// fromReaders uses PC/SC: PIV cards directly, any other through its module.
func fromReaders(c settings.Card, log *slog.Logger) (source, error) {
	direct := piv.NewOpener(piv.ConnectFunc(Connect), piv.Options{KeepPINState: c.KeepPINState, Log: log})
	module, err := pkcs11.NewOpener(pkcs11.Config{Module: c.Module, Keep: c.KeepPINState, Drop: drop, Log: log})
	if err != nil {
		return source{}, err
	}
	return source{watcher: only(c.Reader, pcsc.NewWatcher(log, new(card.Generations))), opener: card.Openers{direct, module}, close: module.Close}, nil
}

// Connect gives card/piv its way to an inserted card: PC/SC.
func Connect(ctx context.Context, ev card.Event) (piv.Transport, error) {
	conn, err := pcsc.Connect(ctx, ev.Reader, ev.Gen)
	if err != nil {
		return nil, fmt.Errorf("connect to the card: %w", err)
	}
	return conn, nil
}

// drop resets a card that is used through a module, so that no other program
// finds its key unlocked.
func drop(ctx context.Context, r card.ReaderID) error {
	conn, err := pcsc.Connect(ctx, r, 0)
	if err != nil {
		return fmt.Errorf("connect to drop the PIN state: %w", err)
	}
	return conn.Disconnect(true)
}

// fromDrawer uses virtual cards of a folder.
func fromDrawer(c settings.Card, log *slog.Logger) (source, error) {
	keys, err := DeviceKeys()
	if err != nil {
		return source{}, err
	}
	d := virtual.NewDrawer(c.Drawer, keys, new(card.Generations), log)
	return source{watcher: d, opener: d, drawer: drawer{d}, close: func() error { return nil }}, nil
}

// DeviceKeys is where this user's device key is kept: the keyring, else a file
// of its own.
func DeviceKeys() (*virtual.Device, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("find a folder for the device key: %w", err)
	}
	return &virtual.Device{Dir: filepath.Join(dir, "lanyard", "device"), Ring: virtual.Keyring{Service: "lanyard", User: "device-key"}}, nil
}

// drawer lets programs put cards in and take them out.
type drawer struct{ d *virtual.Drawer }

// Cards tells what there is and what is in.
func (d drawer) Cards(context.Context) (localapi.Cards, error) {
	listed, err := d.d.List()
	c := localapi.Cards{Inserted: d.d.Inserted()}
	for _, l := range listed {
		c.Names = append(c.Names, l.Name)
	}
	return c, err
}

// faultSuffix is what stands for ".card" in the name of a card's fault script,
// which makes it misbehave: docs/card-faults.md.
const faultSuffix = ".faults"

// Insert puts a card in. A fault script beside its file is played.
func (d drawer) Insert(ctx context.Context, name string) error {
	path, err := d.d.Path(name)
	if err != nil {
		return fmt.Errorf("%w: %w", localapi.ErrNoCard, err)
	}
	script, err := fault.ReadFile(strings.TrimSuffix(path, filepath.Ext(path)) + faultSuffix)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", localapi.ErrCardFaults, err)
	}
	err = d.d.Insert(ctx, name, fault.NewPlayer(script))
	switch {
	case errors.Is(err, virtual.ErrOccupied):
		return fmt.Errorf("%w: %w", localapi.ErrCardIn, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", localapi.ErrNoCard, err)
	}
	return err
}

// Remove takes the card out.
func (d drawer) Remove(context.Context) error { d.d.Remove(); return nil }
