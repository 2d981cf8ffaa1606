package times

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lanyard/broker/agent"
)

// maxSize bounds what is read, in octets. A file of this package has under 1 kB.
const maxSize = 64 << 10

// ErrDamaged is a file that is not one of this package's.
var ErrDamaged = errors.New("the histogram of waiting times cannot be read")

// setAside is put behind the name of a file that is damaged.
const setAside = ".damaged"

// File is an [agent.Times] in a file.
type File struct {
	path string
	log  *slog.Logger

	mu   sync.Mutex
	read bool
	hist [agent.Measures]Histogram
}

var _ agent.Times = (*File)(nil)

// New returns the times at a path. It does not touch the file.
func New(path string, log *slog.Logger) *File { return &File{path: path, log: log} }

// Load reads the times at a path, to be looked at. None is no error; what is
// none of this package's is [ErrDamaged].
func Load(path string) (*File, error) {
	f := New(path, slog.New(slog.DiscardHandler))
	if err := f.load(); err != nil {
		return nil, err
	}
	return f, nil
}

// Histograms tells what was noted, one for each measure in their order.
func (f *File) Histograms() []Histogram {
	f.mu.Lock()
	defer f.mu.Unlock()
	hs := make([]Histogram, len(f.hist))
	for i, h := range f.hist {
		h.Measure = agent.Measure(i)
		hs[i] = h
	}
	return hs
}

// Took implements [agent.Times]. A damaged file is set aside: its content is
// worth a line in the log, and no more. Errors are the file system's.
func (f *File) Took(ctx context.Context, what agent.Measure, d time.Duration) error {
	if what < 0 || what >= agent.Measures || d < 0 {
		return fmt.Errorf("note %s of %s: not measured", d, what)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch err := f.load(); {
	case errors.Is(err, ErrDamaged):
		f.log.WarnContext(ctx, "the histogram of waiting times begins anew", "file", f.path, "old", f.path+setAside, "error", err)
		if err := os.Rename(f.path, f.path+setAside); err != nil {
			return fmt.Errorf("set the damaged times aside: %w", err)
		}
		f.read = true
	case err != nil:
		return err
	}
	f.hist[what].add(d, time.Now())
	return f.write()
}

// content is the file.
type content struct {
	Times map[string]counts `json:"times"`
}

// counts is one histogram; the bounds are this package's.
type counts struct {
	Since   time.Time `json:"since"`
	Buckets []uint64  `json:"buckets"`
}

// load reads the file once; none is nothing noted.
func (f *File) load() error {
	if f.read {
		return nil
	}
	r, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.read = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the times: %w", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	if err != nil {
		return fmt.Errorf("read the times: %w", err)
	}
	f.hist, err = parse(b)
	f.read = err == nil
	return err
}

// parse reads the content of a file. A measure that it does not know is dropped.
func parse(b []byte) (hist [agent.Measures]Histogram, err error) {
	if len(b) > maxSize {
		return hist, fmt.Errorf("%w: it is larger than %d octets", ErrDamaged, maxSize)
	}
	var c content
	if err := json.NewDecoder(bytes.NewReader(b)).Decode(&c); err != nil || c.Times == nil {
		return hist, fmt.Errorf("%w: it is not JSON of this kind", ErrDamaged)
	}
	for i := range hist {
		k, ok := c.Times[agent.Measure(i).String()]
		if !ok {
			continue
		}
		if len(k.Buckets) != buckets {
			return [agent.Measures]Histogram{}, fmt.Errorf("%w: %d buckets, there are %d", ErrDamaged, len(k.Buckets), buckets)
		}
		hist[i].Since = k.Since
		copy(hist[i].Buckets[:], k.Buckets)
	}
	return hist, nil
}

// write puts a new file in the old one's place.
func (f *File) write() error {
	c := content{Times: map[string]counts{}}
	for i, h := range f.hist {
		if h.Count() > 0 {
			c.Times[agent.Measure(i).String()] = counts{Since: h.Since, Buckets: h.Buckets[:]}
		}
	}
	b, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("write the times: %w", err)
	}
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write the times: %w", err)
	}
	t, err := os.CreateTemp(dir, ".times-*") // 0600
	if err != nil {
		return fmt.Errorf("write the times: %w", err)
	}
	_, err = t.Write(append(b, '\n'))
	err = errors.Join(err, t.Close())
	if err == nil {
		err = os.Rename(t.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("write the times: %w", errors.Join(err, os.Remove(t.Name())))
	}
	return nil
}
