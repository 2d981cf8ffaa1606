package pcsc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/card/cardtest/pcscd"
	"lanyard/card/virtual/reader"
)

// contractEnv makes this test binary play the scenario on one stand instead of
// running tests: libpcsclite finds its service once in a process.
const contractEnv = "LANYARD_PCSC_CONTRACT"

// TestTheLookAlikeIsLikePcscd plays one scenario of raw PC/SC calls on the
// look-alike and on the real pcscd and compares every return value, state and
// event counter.
func TestTheLookAlikeIsLikePcscd(t *testing.T) {
	real, alike := play(t, "pcscd"), play(t, "look-alike")
	for i := range max(len(real), len(alike)) {
		r, a := line(real, i), line(alike, i)
		if r != a {
			t.Errorf("pcscd:      %s\nlook-alike: %s", r, a)
		}
	}
	if len(real) < 40 {
		t.Errorf("the scenario has %d steps only", len(real))
	}
	if testing.Verbose() {
		t.Log("\n" + strings.Join(real, "\n"))
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

func play(t *testing.T, stand string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), contractEnv+"="+stand)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%s: %v\n%s\n%s", stand, err, out, exit.Stderr)
		}
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// stand is a service with one card slot that is used and one that is not.
type stand interface {
	insert(atr []byte) error
	remove() error
	stop() error
}

const slotName = "Контракт"

func contractMain(name string) int {
	dir, err := os.MkdirTemp("", "contract")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }()
		if name == onPcscd {
			err = watchOnPcscd(dir)
		} else {
			err = contract(name, dir)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func contract(name, dir string) error {
	var s stand
	var path string
	switch name {
	case "pcscd":
		r, err := reader.Start(context.Background(), reader.Config{Name: slotName, Dir: dir})
		if err != nil {
			return err
		}
		s, path = &realStand{r}, r.Socket()
	case "look-alike":
		path = filepath.Join(dir, "pcscd.comm")
		d, err := pcscd.Start(path)
		if err != nil {
			return err
		}
		for _, slot := range []string{" 00 00", " 00 01"} {
			if err := d.AddReader(slotName + slot); err != nil {
				return err
			}
		}
		s = alikeStand{d}
	}
	if err := os.Setenv(pcscd.SocketEnv, path); err != nil {
		return err
	}
	sc := scenario{stand: s, out: os.Stdout, slot: slotName + " 00 00"}
	err := sc.play()
	return errors.Join(err, s.stop())
}

// alikeStand is the look-alike.
type alikeStand struct{ d *pcscd.Daemon }

func (a alikeStand) insert(atr []byte) error {
	return a.d.Insert(slotName+" 00 00", pcscd.Dummy{History: atr})
}

func (a alikeStand) remove() error { return a.d.Remove(slotName + " 00 00") }

func (a alikeStand) stop() error {
	a.d.Stop()
	return nil
}

// realStand is pcscd with the vpcd driver.
type realStand struct{ r *reader.Reader }

func (r *realStand) insert(atr []byte) error {
	return r.r.Insert(context.Background(), plainCard{atr})
}

func (r *realStand) remove() error {
	r.r.Remove()
	return nil
}

func (r *realStand) stop() error { return r.r.Close() }

// plainCard answers 90 00 to everything.
type plainCard struct{ atr []byte }

func (p plainCard) ATR() []byte { return p.atr }
func (plainCard) PowerOn()      {}
func (plainCard) PowerOff()     {}
func (plainCard) Reset()        {}

func (plainCard) Transmit(context.Context, []byte) ([]byte, error) {
	return []byte{0x90, 0x00}, nil
}
