package proc_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"lanyard/test/proc"
)

// TestMain doubles as the process that is looked at.
func TestMain(m *testing.M) {
	if os.Getenv("PROC_TEST_HOLD") == "" {
		os.Exit(m.Run())
	}
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	if err != nil {
		os.Exit(1)
	}
	fmt.Println("held")
	_, _ = io.ReadAll(os.Stdin)
	fmt.Fprintln(io.Discard, line)
}

func hold(t *testing.T, secret string) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "PROC_TEST_HOLD=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	if _, err := io.WriteString(in, secret+"\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || strings.TrimSpace(line) != "held" {
		t.Fatalf("child said %q, %v", line, err)
	}
	return cmd.Process.Pid
}

func TestFind(t *testing.T) {
	pid := hold(t, "73194628")
	found, err := proc.Find(pid, "73194628")
	if err != nil {
		t.Fatal(err)
	}
	if found["ascii"] == 0 {
		t.Errorf("a secret that is there was not found: %v", found)
	}
	found, err = proc.Find(pid, "90217354")
	if err != nil {
		t.Fatal(err)
	}
	if proc.Hits(found) != 0 {
		t.Errorf("a secret that is not there was found: %v", found)
	}
}

func TestSwitches(t *testing.T) {
	s, err := proc.Switches(hold(t, "nothing"))
	if err != nil {
		t.Fatal(err)
	}
	if len(s) == 0 {
		t.Error("no thread")
	}
}
