package command

import (
	"fmt"
	"os"
	"os/exec"
)

// startAgain starts the program anew, with the arguments it had, and leaves it
// to itself. Everything this process ran has ended.
func startAgain() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	next := exec.Command(program, os.Args[1:]...)
	next.Stdin, next.Stdout, next.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := next.Start(); err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	return next.Process.Release()
}
