package screen

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// Screen is a connection to an X server.
type Screen struct {
	conn    *xgb.Conn
	root    xproto.Window
	damage  damage.Damage
	names   map[string]xproto.Atom
	seed    maphash.Seed
	changed chan struct{}
	events  sync.WaitGroup
}

// atoms are the names that are asked for.
var atoms = [...]string{"_NET_CLIENT_LIST", "_NET_WM_NAME"}

// Open connects to the server of a display, such as ":7".
func Open(display string) (*Screen, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("open display %s: %w", display, err)
	}
	s := &Screen{
		conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, names: make(map[string]xproto.Atom),
		seed: maphash.MakeSeed(), changed: make(chan struct{}, 1),
	}
	if err := s.prepare(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("open display %s: %w", display, err)
	}
	s.events.Go(s.listen)
	return s, nil
}

// Close ends the connection.
func (s *Screen) Close() {
	s.conn.Close()
	s.events.Wait()
}

// prepare asks to be told of all that is drawn.
func (s *Screen) prepare() error {
	if err := errors.Join(damage.Init(s.conn), xtest.Init(s.conn)); err != nil {
		return err
	}
	if _, err := damage.QueryVersion(s.conn, 1, 1).Reply(); err != nil {
		return err
	}
	for _, name := range atoms {
		a, err := xproto.InternAtom(s.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return err
		}
		s.names[name] = a.Atom
	}
	var err error
	if s.damage, err = damage.NewDamageId(s.conn); err != nil {
		return err
	}
	return damage.CreateChecked(s.conn, s.damage, xproto.Drawable(s.root), damage.ReportLevelNonEmpty).Check()
}

// listen takes events until the connection ends.
func (s *Screen) listen() {
	for {
		event, err := s.conn.WaitForEvent()
		switch event.(type) {
		case nil:
			if err == nil {
				return // closed
			}
		case damage.NotifyEvent:
			damage.Subtract(s.conn, s.damage, 0, 0)
			select {
			case s.changed <- struct{}{}:
			default:
			}
		}
	}
}

// Changed receives after something was drawn; what is drawn before it is
// received is told once.
func (s *Screen) Changed() <-chan struct{} { return s.changed }

// Window finds the window of a title.
func (s *Screen) Window(title string) (xproto.Window, bool) {
	list, err := s.property(s.root, "_NET_CLIENT_LIST")
	if err != nil {
		return 0, false
	}
	for ; len(list) >= 4; list = list[4:] {
		w := xproto.Window(binary.LittleEndian.Uint32(list))
		if name, err := s.property(w, "_NET_WM_NAME"); err == nil && string(name) == title {
			return w, true
		}
	}
	return 0, false
}

func (s *Screen) property(w xproto.Window, name string) ([]byte, error) {
	const longest = 1 << 16 // in units of 4 octets
	p, err := xproto.GetProperty(s.conn, false, w, s.names[name], xproto.AtomAny, 0, longest).Reply()
	if err != nil {
		return nil, err
	}
	return p.Value, nil
}

// Sum stands for what is drawn in a window: two pictures that are equal have
// equal sums. It is false where the window is not to be seen.
func (s *Screen) Sum(w xproto.Window) (sum uint64, seen bool) {
	g, err := xproto.GetGeometry(s.conn, xproto.Drawable(w)).Reply()
	if err != nil {
		return 0, false
	}
	p, err := xproto.GetImage(s.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w), 0, 0, g.Width, g.Height, ^uint32(0)).Reply()
	if err != nil {
		return 0, false
	}
	return maphash.Bytes(s.seed, p.Data), true
}

// Press presses a key and lets it go: a Latin letter, a digit, or one of the
// named keys.
func (s *Screen) Press(sym xproto.Keysym) error {
	setup := xproto.Setup(s.conn)
	first := setup.MinKeycode
	m, err := xproto.GetKeyboardMapping(s.conn, first, byte(setup.MaxKeycode-first)+1).Reply()
	if err != nil {
		return err
	}
	for i := 0; i < len(m.Keysyms); i += int(m.KeysymsPerKeycode) {
		if m.Keysyms[i] != sym {
			continue
		}
		key := byte(first) + byte(i/int(m.KeysymsPerKeycode))
		return errors.Join(
			xtest.FakeInputChecked(s.conn, xproto.KeyPress, key, 0, s.root, 0, 0, 0).Check(),
			xtest.FakeInputChecked(s.conn, xproto.KeyRelease, key, 0, s.root, 0, 0, 0).Check())
	}
	return fmt.Errorf("no key gives %#x", uint32(sym))
}

// Keys without a letter.
const (
	BackSpace xproto.Keysym = 0xff08
	Return    xproto.Keysym = 0xff0d
	Escape    xproto.Keysym = 0xff1b
)
