// Command generate writes the demo's directory from the lists beside it:
//
//	go run ./assets/directory/generate assets/directory
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate DIRECTORY-OF-THE-LISTS")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	text, err := demo(dir)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "demo.ldif"), text, 0o644)
}
