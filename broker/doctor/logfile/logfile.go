// Package logfile keeps the end of a program's log in a file of limited size,
// so that there is something to look at after something went wrong. It holds
// no rule about what is logged, and starts no goroutine.
package logfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Limit is how large a file grows, in octets, before it becomes the older of
// two.
const Limit = 1 << 20

// older is what the name of the older file ends in.
const older = ".1"

// Path is where the agent's log of this user stands.
func Path() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for the log: %w", err)
	}
	return filepath.Join(dir, "lanyard", "agent.log"), nil
}

// File is a log that its owner alone can read. It is safe for concurrent use.
type File struct {
	path  string
	limit int64

	mu   sync.Mutex
	file *os.File
	size int64
}

// Open goes on with the log at a path; its folder is made where it is missing.
func Open(path string, limit int64) (*File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("log: %w", err)
	}
	f := &File{path: path, limit: limit}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) open() error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("log: %w", err), file.Close())
	}
	f.file, f.size = file, info.Size()
	return nil
}

// Write adds a line.
func (f *File) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return 0, fs.ErrClosed
	}
	if f.size > 0 && f.size+int64(len(line)) > f.limit {
		if err := f.turn(); err != nil {
			return 0, err
		}
	}
	n, err := f.file.Write(line)
	f.size += int64(n)
	return n, err
}

// turn makes the file the older one and begins another.
func (f *File) turn() error {
	err := f.file.Close()
	f.file = nil
	if err == nil {
		err = os.Rename(f.path, f.path+older)
	}
	if again := f.open(); again != nil {
		return errors.Join(err, again)
	}
	return err
}

// Close ends the log.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}

// Tail reads the last octets of the log at a path, the older file's included.
// No log is an empty one.
func Tail(path string, octets int64) ([]byte, error) {
	var all []byte
	for _, name := range []string{path, path + older} {
		text, err := end(name, octets-int64(len(all)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("log: %w", err)
		}
		all = append(text, all...)
	}
	return all, nil
}

// end reads the last octets of a file.
func end(path string, octets int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if from := info.Size() - octets; from > 0 {
		if _, err := f.Seek(from, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return io.ReadAll(io.LimitReader(f, octets))
}
