package bench_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"lanyard/card/cardtest/pcscd"
)

// readers is the socket of the look-alike of pcscd: libpcsclite reads its path
// once in a process.
var readers string

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	readers = filepath.Join(dir, "pcscd.comm")
	if err := os.Setenv(pcscd.SocketEnv, readers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
