package rolememory

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
)

// Limits of what is kept: a shared desk sees many people, and what was not used
// for longest is forgotten first.
const (
	maxPeople = 200
	maxRoles  = 100
	maxSize   = 4 << 20 // octets of the file
)

// ErrUnreadable is a file that is not one of this package's. Its content is
// convenience only: it is written anew by the next use.
var ErrUnreadable = errors.New("remembered roles cannot be read")

// File is an [agent.Memory] in a file.
type File struct {
	path string
	mu   sync.Mutex
}

var _ agent.Memory = (*File)(nil)

// New returns the memory at a path. It does not touch the file.
func New(path string) *File { return &File{path: path} }

// content is the file.
type content struct {
	People map[broker.UID]map[broker.RoleProfileID]use `json:"people"`
}

// use is how often and when last.
type use struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

// Uses implements [agent.Memory]. A damaged file is [ErrUnreadable].
func (f *File) Uses(_ context.Context, uid broker.UID) (map[broker.RoleProfileID]agent.Use, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := f.read()
	if err != nil {
		return nil, err
	}
	uses := make(map[broker.RoleProfileID]agent.Use, len(c.People[uid]))
	for id, u := range c.People[uid] {
		uses[id] = agent.Use{Count: u.Count, Last: u.Last}
	}
	return uses, nil
}

// Used implements [agent.Memory].
func (f *File) Used(_ context.Context, uid broker.UID, role broker.RoleProfileID, at time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, err := f.read()
	if err != nil && !errors.Is(err, ErrUnreadable) {
		return err
	}
	if c.People == nil {
		c.People = map[broker.UID]map[broker.RoleProfileID]use{}
	}
	if c.People[uid] == nil {
		c.People[uid] = map[broker.RoleProfileID]use{}
	}
	c.People[uid][role] = use{Count: c.People[uid][role].Count + 1, Last: at.UTC().Truncate(time.Second)}
	trim(c.People[uid], maxRoles, func(u use) time.Time { return u.Last })
	trim(c.People, maxPeople, latest)
	return f.write(c)
}

// latest is when a person used any role.
func latest(roles map[broker.RoleProfileID]use) time.Time {
	var last time.Time
	for _, u := range roles {
		if u.Last.After(last) {
			last = u.Last
		}
	}
	return last
}

// trim drops the oldest of what is too much.
func trim[K cmp.Ordered, V any](m map[K]V, limit int, when func(V) time.Time) {
	if len(m) <= limit {
		return
	}
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Or(when(m[b]).Compare(when(m[a])), cmp.Compare(a, b)) })
	for _, k := range keys[limit:] {
		delete(m, k)
	}
}

// read reads the file; none is nothing remembered.
func (f *File) read() (content, error) {
	r, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return content{}, nil
	}
	if err != nil {
		return content{}, fmt.Errorf("open remembered roles: %w", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return content{}, fmt.Errorf("read remembered roles: %w", err)
	}
	var c content
	if len(b) > maxSize || json.Unmarshal(b, &c) != nil {
		return content{}, ErrUnreadable
	}
	return c, nil
}

// write puts a new file in the old one's place.
func (f *File) write(c content) error {
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write remembered roles: %w", err)
	}
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write remembered roles: %w", err)
	}
	t, err := os.CreateTemp(dir, ".roles-*") // 0600
	if err != nil {
		return fmt.Errorf("write remembered roles: %w", err)
	}
	_, err = t.Write(b)
	err = errors.Join(err, t.Close())
	if err == nil {
		err = os.Rename(t.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("write remembered roles: %w", errors.Join(err, os.Remove(t.Name())))
	}
	return nil
}
