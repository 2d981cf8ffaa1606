package fault

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadFile reads a script from a file. The error tells the file and is an
// [*Error] where the script is at fault.
func ReadFile(path string) (s *Script, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("fault script: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(io.LimitReader(f, MaxScript+1))
	if err != nil {
		return nil, fmt.Errorf("fault script: read %s: %w", path, err)
	}
	if s, err = Parse(text); err != nil {
		return nil, fmt.Errorf("fault script %s: %w", path, err)
	}
	return s, nil
}
