package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lanyard/broker/session"
)

var (
	errNoKey    = errors.New("there is no key file; make one on one node (lanyard-server key new FILE) and copy it to the others")
	errTwoKeys  = errors.New("there are two keys already: drop the second one first, once the maximum time of sessions has passed since the last swap")
	errOneKey   = errors.New("there is one key only: add another one first")
	errKeyThere = errors.New("there is a key file already")
)

// sealKeys reads the keys that seal tickets and challenges, and makes one where
// there is none yet.
func sealKeys(path string) (session.Keys, error) {
	k, err := readKeys(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	k = session.Keys{Current: session.NewKey()}
	err = makeKeys(path, k)
	if errors.Is(err, errKeyThere) { // another server was faster
		return readKeys(path)
	}
	return k, err
}

// readKeys reads a key file, which its owner alone may read: a line of base64
// for the key that seals, and one for another that is only known.
func readKeys(path string) (k session.Keys, err error) {
	text, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, fmt.Errorf("key file %s: %w: %w", path, errNoKey, err)
	} else if err != nil {
		return k, fmt.Errorf("key file: %w", err)
	}
	lines := strings.Fields(string(text))
	if len(lines) < 1 || len(lines) > 2 {
		return k, fmt.Errorf("key file %s holds %d keys, and must hold one or two", path, len(lines))
	}
	for i, to := range [...]*[]byte{&k.Current, &k.Previous} {
		if i == len(lines) {
			break
		}
		if *to, err = base64.StdEncoding.DecodeString(lines[i]); err != nil || len(*to) != session.KeySize {
			return session.Keys{}, fmt.Errorf("key file %s: key %d is not one of %d octets in base64", path, i+1, session.KeySize)
		}
	}
	return k, nil
}

func keyText(k session.Keys) string {
	text := base64.StdEncoding.EncodeToString(k.Current) + "\n"
	if k.Previous != nil {
		text += base64.StdEncoding.EncodeToString(k.Previous) + "\n"
	}
	return text
}

// makeKeys makes a key file that is not there yet.
func makeKeys(path string, k session.Keys) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("key file %s: %w", path, errKeyThere)
	} else if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	_, err = f.WriteString(keyText(k))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("make key file: %w", err), os.Remove(path))
	}
	return nil
}

// replaceKeys puts other keys in a key file's place, whole or not at all.
func replaceKeys(path string, k session.Keys) error {
	next := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("change key file: %w", err)
	}
	if err := makeKeys(next, k); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return errors.Join(fmt.Errorf("change key file: %w", err), os.Remove(next))
	}
	return nil
}

// rotate changes the keys of a file.
func rotate(path string, change func(session.Keys) (session.Keys, error)) error {
	k, err := readKeys(path)
	if err != nil {
		return err
	}
	if k, err = change(k); err != nil {
		return fmt.Errorf("key file %s: %w", path, err)
	}
	return replaceKeys(path, k)
}

func addKey(k session.Keys) (session.Keys, error) {
	if k.Previous != nil {
		return k, errTwoKeys
	}
	k.Previous = session.NewKey()
	return k, nil
}

func swapKeys(k session.Keys) (session.Keys, error) {
	if k.Previous == nil {
		return k, errOneKey
	}
	k.Current, k.Previous = k.Previous, k.Current
	return k, nil
}

func dropKey(k session.Keys) (session.Keys, error) {
	if k.Previous == nil {
		return k, errOneKey
	}
	k.Previous = nil
	return k, nil
}

// keyCommand makes and rotates the keys that nodes share.
func keyCommand() *cobra.Command {
	key := &cobra.Command{
		Use:   "key",
		Short: "Make and rotate the keys that seal tickets",
		Long: `Make and rotate the keys that seal tickets and challenges. No session ends by it:

  1. key add FILE    a second key, which is only known; copy the file to every
                     node and restart them one by one
  2. key swap FILE   the second key seals from now on; copy, restart
  3. key drop FILE   once the maximum time of sessions has passed; copy, restart`,
		Args: cobra.NoArgs,
	}
	for _, c := range []struct {
		use, short string
		run        func(path string) error
	}{
		{"new FILE", "Make a key file", func(path string) error { return makeKeys(path, session.Keys{Current: session.NewKey()}) }},
		{"add FILE", "Add a key that is known and does not seal yet", func(path string) error { return rotate(path, addKey) }},
		{"swap FILE", "Let the other key seal from now on", func(path string) error { return rotate(path, swapKeys) }},
		{"drop FILE", "Drop the key that does not seal", func(path string) error { return rotate(path, dropKey) }},
	} {
		key.AddCommand(&cobra.Command{
			Use: c.use, Short: c.short, Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return c.run(args[0]) },
		})
	}
	return key
}
