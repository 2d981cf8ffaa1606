package desk

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jezek/xgb"
)

// workDir holds what all tests of this package share.
var workDir string

func TestMain(m *testing.M) {
	if os.Getenv(stageEnv) == "" {
		os.Exit(runAll(m))
	}
	if err := play(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func runAll(m *testing.M) int {
	xgb.Logger.SetOutput(io.Discard) // it tells of each connection that ends
	var err error
	if workDir, err = os.MkdirTemp("", "desk"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(workDir) }()
	return m.Run()
}

// built makes the program once for all tests, as the Makefile does.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(workDir, "lanyard")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-tags", "x11,migrated_fynedo,accessibility", "-o", path, "lanyard").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

func program(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
