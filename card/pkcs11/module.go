package pkcs11

import (
	"fmt"
	"os"
	"strings"

	"lanyard/card"
)

// A Module is a PKCS#11 module known by name.
type Module struct {
	Name  string   // its maker and what it is called
	Paths []string // where it is on this system if it is installed, best first
}

// Find returns the path of every module that is installed, one for each
// [Known] module, in that order. A setting is the path of the only one to use.
// With none the error is [card.ErrModuleMissing] and tells what was looked for.
func Find(setting string) ([]string, error) {
	if setting != "" {
		return find([]Module{{Name: "the module of the settings", Paths: []string{setting}}})
	}
	return find(Known())
}

func find(known []Module) ([]string, error) {
	var found, sought []string
	for _, m := range known {
		sought = append(sought, fmt.Sprintf("%s (%s)", m.Name, strings.Join(m.Paths, ", ")))
		for _, p := range m.Paths {
			if i, err := os.Stat(p); err == nil && i.Mode().IsRegular() {
				found = append(found, p)
				break
			}
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%w: looked for %s", card.ErrModuleMissing, strings.Join(sought, "; "))
	}
	return found, nil
}

// under joins directories with the names of a file, directory by directory.
func under(dirs []string, join func(dir, name string) string, names ...string) []string {
	var paths []string
	for _, d := range dirs {
		for _, n := range names {
			paths = append(paths, join(d, n))
		}
	}
	return paths
}
