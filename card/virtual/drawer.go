package virtual

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"lanyard/card"
	"lanyard/card/virtual/fault"
)

// DrawerName is the reader that a drawer shows itself as.
const DrawerName card.ReaderID = "Lanyard card drawer"

const (
	cardSuffix = ".card"
	maxListed  = 1000
)

// The ways of misusing a drawer.
var (
	ErrOccupied  = errors.New("a card is in the drawer already, take it out first")
	ErrUnplugged = errors.New("the drawer is unplugged, plug it in first")
	ErrName      = errors.New("not the name of a card: want a file name without folder")
)

// Drawer is a folder of card files that behaves as a reader with one slot: a
// [card.Watcher] and a [card.Opener]. Cards go in and out by Insert and
// Remove; nothing is polled. Make one with [NewDrawer].
type Drawer struct {
	dir  string
	keys DeviceKeys
	gens *card.Generations
	log  *slog.Logger

	mu       sync.Mutex
	in       *insertion // nil: empty
	away     bool       // unplugged
	watchers map[*queue]struct{}
}

// insertion is one stay of a card in the drawer.
type insertion struct {
	name   string
	gen    card.Generation
	player *fault.Player
	tokens []*Token
}

// NewDrawer opens the drawer of a folder, which need not exist yet. Generation
// numbers come from gens, which all watchers of a process share.
func NewDrawer(dir string, keys DeviceKeys, gens *card.Generations, log *slog.Logger) *Drawer {
	return &Drawer{dir: dir, keys: keys, gens: gens, log: log, watchers: map[*queue]struct{}{}}
}

// Path returns where the card of a name is kept.
func (d *Drawer) Path(name string) (string, error) {
	if name == "" || len(name) > 100 || name != filepath.Base(name) || strings.ContainsAny(name, `/\:`) || name[0] == '.' {
		return "", fmt.Errorf("%w: %q", ErrName, name)
	}
	return filepath.Join(d.dir, name+cardSuffix), nil
}

// Insert puts the card of a name in. The player makes it misbehave; nil is a
// card that does not. A card that cannot be opened is not put in.
func (d *Drawer) Insert(ctx context.Context, name string, p *fault.Player) error {
	path, err := d.Path(name)
	if err != nil {
		return err
	}
	c, err := Open(ctx, path, d.keys)
	if err != nil {
		return fmt.Errorf("putting card %q in: %w", name, err)
	}
	if err := c.Close(); err != nil {
		return fmt.Errorf("putting card %q in: %w", name, err)
	}
	if p == nil {
		p = fault.NewPlayer(nil)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.away:
		return fmt.Errorf("putting card %q in: %w", name, ErrUnplugged)
	case d.in != nil:
		return fmt.Errorf("putting card %q in: %w", name, ErrOccupied)
	}
	d.in = &insertion{name: name, gen: d.gens.Next(), player: p}
	d.publish(d.inserted())
	d.log.InfoContext(ctx, "card put into the drawer", "card", name, "gen", d.in.gen)
	return nil
}

// Remove takes the card out, if one is in: what is under way on it ends with
// [card.ErrRemoved].
func (d *Drawer) Remove() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.remove()
}

// Unplug takes the drawer away as a reader that is unplugged: a card that is in
// is out, and none goes in until Plug.
func (d *Drawer) Unplug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return
	}
	d.remove()
	d.away = true
	d.publish(card.Event{Kind: card.ReaderRemoved, Reader: DrawerName})
	d.log.Info("drawer unplugged")
}

// Plug brings the drawer back, empty.
func (d *Drawer) Plug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.away {
		return
	}
	d.away = false
	d.publish(card.Event{Kind: card.ReaderAdded, Reader: DrawerName})
	d.log.Info("drawer plugged in")
}

func (d *Drawer) removeGen(g card.Generation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.in != nil && d.in.gen == g {
		d.remove()
	}
}

// remove wants d.mu held.
func (d *Drawer) remove() {
	in := d.in
	if in == nil {
		return
	}
	d.in = nil
	for _, t := range in.tokens {
		t.Remove()
	}
	d.publish(card.Event{Kind: card.Removed, Reader: DrawerName, Gen: in.gen})
	d.log.Info("card taken out of the drawer", "card", in.name, "gen", in.gen)
}

// Inserted returns the name of the card that is in, "" for none.
func (d *Drawer) Inserted() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.in == nil {
		return ""
	}
	return d.in.name
}

// Open opens the card of an insertion event of this drawer.
func (d *Drawer) Open(ctx context.Context, ev card.Event) (card.Token, error) {
	if ev.Reader != DrawerName {
		return nil, card.ErrUnsupported
	}
	name, err := d.nameOf(ev.Gen)
	if err != nil {
		return nil, err
	}
	path, err := d.Path(name)
	if err != nil {
		return nil, err
	}
	c, err := Open(ctx, path, d.keys)
	if err != nil {
		return nil, fmt.Errorf("opening card %q: %w", name, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.in == nil || d.in.gen != ev.Gen {
		_ = c.Close()
		return nil, card.ErrRemoved
	}
	t := NewToken(c, d.in.player, d.log)
	d.in.player.Attach(func() { d.removeGen(ev.Gen) }, c.Lock)
	d.in.tokens = append(slices.DeleteFunc(d.in.tokens, (*Token).left), t)
	return t, nil
}

func (d *Drawer) nameOf(g card.Generation) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.in == nil || d.in.gen != g {
		return "", card.ErrRemoved
	}
	return d.in.name, nil
}

// Listed is a card of the drawer's folder.
type Listed struct {
	Name  string // what Insert takes
	Label string
	ID    card.TokenID
	Pairs []Pair
	Err   error // why the file cannot be read as a card; the rest is empty then
}

// List returns the cards of the folder by name. It asks for no PIN and no
// device key, so it finds damage, not whether a card belongs to this device.
func (d *Drawer) List() ([]Listed, error) {
	entries, err := os.ReadDir(d.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the drawer: %w", err)
	}
	var out []Listed
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), cardSuffix)
		if !ok || !e.Type().IsRegular() {
			continue
		}
		if len(out) == maxListed {
			return out, fmt.Errorf("reading the drawer: more than %d cards", maxListed)
		}
		out = append(out, list(name, filepath.Join(d.dir, e.Name())))
	}
	return out, nil
}

func list(name, path string) Listed {
	l := Listed{Name: name}
	im, err := readImage(path)
	if err == nil {
		l.Pairs, err = pairs(im.header.keys)
	}
	if err != nil {
		l.Err = err
		return l
	}
	l.Label, l.ID = im.header.label, tokenID(im.header.serial)
	return l
}
