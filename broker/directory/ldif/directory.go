package ldif

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/sds"
)

// Directory serves the people of one file.
type Directory struct {
	path  string
	log   *slog.Logger
	zone  *time.Location
	mu    sync.Mutex // one reload at a time
	state atomic.Pointer[state]
}

var _ directory.Directory = (*Directory)(nil)

// state is what one reading of the file gave.
type state struct {
	users  map[broker.UID]*broker.User
	faults sds.Faults
}

// Open reads a file. Entries at fault are logged and left out; a file that
// cannot be read to its end, or holds no person, is an error.
func Open(path string, log *slog.Logger) (*Directory, error) {
	zone, err := sds.Zone()
	if err != nil {
		return nil, err
	}
	d := &Directory{path: path, log: log, zone: zone}
	if err := d.Reload(); err != nil {
		return nil, err
	}
	return d, nil
}

// Reload reads the file again. On an error what was served before stays.
func (d *Directory) Reload() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	begin := time.Now()
	next, err := d.read()
	if err != nil {
		return fmt.Errorf("read directory %s: %w", d.path, err)
	}
	d.state.Store(next)
	d.log.Info("directory read", "file", d.path, "people", len(next.users), "faults", next.faults.Count, "took", time.Since(begin))
	for i, f := range next.faults.First {
		if i == maxLogged {
			d.log.Warn("directory: further entries are not served", "file", d.path, "count", next.faults.Count-maxLogged)
			break
		}
		d.log.Warn("directory: entry is not served", "file", d.path, "line", f.Line, "dn", f.DN, "reason", f.Reason)
	}
	return nil
}

// maxLogged is how many faults one reading puts into the log.
const maxLogged = 20

func (d *Directory) read() (*state, error) {
	f, err := os.Open(d.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	users, faults, err := load(f, d.zone)
	if err != nil {
		return nil, err
	}
	if len(users) == 0 {
		if faults.Count > 0 {
			return nil, fmt.Errorf("no person can be served, %d entries are at fault, the first: %w", faults.Count, faults.First[0])
		}
		return nil, errors.New("no person is in it")
	}
	return &state{users, faults}, nil
}

// User implements [directory.Directory].
func (d *Directory) User(ctx context.Context, uid broker.UID) (*broker.User, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	u := d.state.Load().users[uid]
	if u == nil {
		return nil, directory.ErrUnknown
	}
	return u, nil
}

// Len returns how many people are served.
func (d *Directory) Len() int { return len(d.state.Load().users) }

// Faults tells which entries of the file are not served.
func (d *Directory) Faults() sds.Faults { return d.state.Load().faults }
