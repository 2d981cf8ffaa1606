package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"lanyard/card"
	"lanyard/ui"
)

// Limits of what is kept of warnings: a shared desk sees many cards.
const (
	maxSeen     = 500
	maxSeenSize = 64 << 10 // octets of the file
)

// errSeen is a file that is not one of this program's. What it held is told
// once more, and it is written anew.
var errSeen = errors.New("what was told of cards cannot be read")

// seenFile keeps, in the user's configuration, how near their end the holders
// of cards were told of it: numbers of cards and of days, no names.
type seenFile struct{ path string }

// seenHere is the file of this user; nil where it has no place.
func seenHere(ctx context.Context, log *slog.Logger) ui.Seen {
	dir, err := os.UserConfigDir()
	if err != nil {
		log.WarnContext(ctx, "what is told of cards is not remembered", "err", err)
		return nil
	}
	return seenFile{filepath.Join(dir, "lanyard", "seen.json")}
}

// seenContent is the file.
type seenContent struct {
	Cards map[card.TokenID]int `json:"cards"` // days ahead
}

// Load reads the file; none is an empty one. A damaged one is errSeen.
func (f seenFile) Load(context.Context) (map[card.TokenID]int, error) {
	file, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was told of cards: %w", err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxSeenSize+1))
	if err != nil {
		return nil, fmt.Errorf("read what was told of cards: %w", err)
	}
	var c seenContent
	if len(text) > maxSeenSize {
		return nil, fmt.Errorf("%w: %s is longer than %d octets", errSeen, f.path, maxSeenSize)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errSeen, f.path, err)
	}
	if len(c.Cards) > maxSeen {
		return nil, fmt.Errorf("%w: %s names more than %d cards", errSeen, f.path, maxSeen)
	}
	return c.Cards, nil
}

// Save writes the file whole, so that no reader sees half of it. Where there
// are too many cards, those longest before their end go: their next threshold
// is told anyway.
func (f seenFile) Save(_ context.Context, warned map[card.TokenID]int) error {
	for len(warned) > maxSeen {
		var far card.TokenID
		for id, days := range warned {
			if far == "" || days > warned[far] {
				far = id
			}
		}
		delete(warned, far)
	}
	text, err := json.Marshal(seenContent{warned})
	if err != nil {
		return fmt.Errorf("write what was told of cards: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("write what was told of cards: %w", err)
	}
	part, err := os.CreateTemp(filepath.Dir(f.path), ".seen-*")
	if err != nil {
		return fmt.Errorf("write what was told of cards: %w", err)
	}
	_, err = part.Write(text)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), f.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write what was told of cards: %w", err), os.Remove(part.Name()))
	}
	return nil
}
