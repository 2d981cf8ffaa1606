package path_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"lanyard/card/cardtest/pcscd"
)

// workDir is where the tests of this process keep what they share.
var workDir string

func TestMain(m *testing.M) {
	var err error
	if workDir, err = os.MkdirTemp("", "lanyard-path-"); err == nil {
		// libpcsclite reads it once in a process, before its first call.
		err = os.Setenv(pcscd.SocketEnv, readerService())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(workDir)
		os.Exit(code)
	}))
}

// readerService is the PC/SC socket of this process.
func readerService() string { return filepath.Join(workDir, "pcscd.comm") }
