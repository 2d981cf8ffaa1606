package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The ways in which a folder cannot be the demo's.
var (
	// ErrFolder: the folder holds what is not the demo's.
	ErrFolder = errors.New("the folder holds files that are not the demo's: name one of its own with --dir")
	// ErrInUse: another demo runs there.
	ErrInUse = errors.New("another demo runs in this folder: end it, or name another one with --dir")
)

// What the demo keeps in its folder.
const (
	lockName   = "lock"
	cardsName  = "cards"
	freshName  = "fresh" // the cards as they were made
	caName     = "ca"
	deviceName = "device"
	holderName = "holder"
	pukName    = "puk"
	peopleName = "people.ldif"
	storeName  = "sessions.db"
	anchorName = "ca.pem"
	certName   = "card.pem"
)

// SettingsName is the file in the demo's folder that keeps how its windows look.
const SettingsName = "desk.toml"

// folder is where the demo keeps its material, held by one process at a time.
type folder struct {
	dir  string
	lock *os.File
}

// claim makes the folder, if it is not there, and takes its lock. A folder
// with anything in it that is not the demo's is refused: clear must never meet
// a file that somebody misses.
func claim(dir string) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folder{}, fmt.Errorf("demo: %w", err)
	}
	f := folder{dir: dir}
	if _, err := f.own(); err != nil {
		return folder{}, err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return folder{}, fmt.Errorf("demo: %w", err)
	}
	lock, err := os.OpenFile(f.path(lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return folder{}, fmt.Errorf("demo: %w", err)
	}
	if err := tryLock(lock); err != nil {
		return folder{}, errors.Join(fmt.Errorf("demo: %s: %w", dir, err), lock.Close())
	}
	f.lock = lock
	return f, nil
}

func (f folder) path(name ...string) string {
	return filepath.Join(append([]string{f.dir}, name...)...)
}

// own lists what is in the folder, all of it the demo's.
func (f folder) own() ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	var names []string
	for _, e := range entries {
		if !ours(e.Name()) {
			return nil, fmt.Errorf("demo: %s: %w (%s)", f.dir, ErrFolder, e.Name())
		}
		names = append(names, e.Name())
	}
	return names, nil
}

func ours(name string) bool {
	known := []string{lockName, cardsName, freshName, caName, deviceName, holderName, pukName, peopleName, storeName, anchorName, certName, socketName, socketName + ".lock"}
	// Those of an interrupted start and of a store that was being compacted.
	return slices.Contains(known, name) || strings.HasPrefix(name, "."+caName+".") || strings.HasPrefix(name, storeName+".") || kept(name)
}

// kept tells whether a file belongs to the person and not to the material.
func kept(name string) bool { return strings.HasPrefix(name, SettingsName) }

// clear removes everything but the lock and what the person set.
func (f folder) clear() error {
	names, err := f.own()
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == lockName || kept(name) {
			continue
		}
		if err := os.RemoveAll(f.path(name)); err != nil {
			return fmt.Errorf("demo: clear %s: %w", f.dir, err)
		}
	}
	return nil
}

// release gives the folder back: the system drops the lock with the file.
func (f folder) release() error { return f.lock.Close() }
