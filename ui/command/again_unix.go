//go:build unix

package command

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// startAgain has this process run the program anew, with the arguments it had.
// Everything it ran has ended.
func startAgain() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	return fmt.Errorf("start again: %w", unix.Exec(program, os.Args, os.Environ()))
}
