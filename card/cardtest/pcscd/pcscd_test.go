package pcscd_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lanyard/card/cardtest/pcscd"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T) (*pcscd.Daemon, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pcscd.comm")
	d, err := pcscd.Start(path)
	must(t, err)
	t.Cleanup(d.Stop)
	return d, path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// program runs a PC/SC program on the look-alike.
func program(t *testing.T, socket, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(cmd.Environ(), pcscd.SocketEnv+"="+socket, "LC_ALL=C.UTF-8")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func TestProgramsWorkOnIt(t *testing.T) {
	d, socket := start(t)
	must(t, d.AddReader("Считыватель 00 00"))
	must(t, d.AddReader("Reader 01 00"))
	must(t, d.Insert("Reader 01 00", pcscd.Dummy{Answer: []byte{0x6A, 0x82}}))
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"pcsc_scan", []string{"-r"}, "Считыватель 00 00"},
		{"pcsc_scan", []string{"-n", "-t", "1"}, "ATR: 3B 80 80 01 01"},
		{"opensc-tool", []string{"--list-readers"}, "Reader 01 00"},
		{"opensc-tool", []string{"--reader", "Reader 01 00", "--atr"}, "3b:80:80:01:01"},
		{"opensc-tool", []string{"--reader", "Reader 01 00", "--card-driver", "default", "--send-apdu", "00:A4:00:00"}, "SW1=0x6A, SW2=0x82"},
	} {
		if out := program(t, socket, tt.name, tt.args...); !strings.Contains(out, tt.want) {
			t.Errorf("%s %v: no %q in\n%s", tt.name, tt.args, tt.want, out)
		}
	}
	if n := d.Count(pcscd.Transmit); n == 0 {
		t.Error("no command was counted")
	}
}

// OpenSC asks each reader for its features, as Conn does.
func TestProgramsSeeTheKeys(t *testing.T) {
	d, socket := start(t)
	must(t, d.AddReader("with"))
	must(t, d.AddReader("without"))
	must(t, d.SetKeypad("with", &pcscd.Keypad{}))
	out := program(t, socket, "opensc-tool", "--list-readers")
	for line := range strings.Lines(out) {
		name := strings.TrimSpace(line[max(strings.LastIndex(line, " "), 0):])
		if has := strings.Contains(line, "PIN pad"); has != (name == "with") {
			t.Errorf("keys: %v in %q", has, line)
		}
	}
	if !strings.Contains(out, "without") {
		t.Errorf("readers:\n%s", out)
	}
	if err := d.SetKeypad("none", nil); err == nil {
		t.Error("a reader that is not there was given keys")
	}
}

func TestSwitchboardRefusesWhatCannotBe(t *testing.T) {
	d, socket := start(t)
	must(t, d.AddReader("a"))
	for name, err := range map[string]error{
		"a reader that is there":    d.AddReader("a"),
		"remove no reader":          d.RemoveReader("b"),
		"insert into no reader":     d.Insert("b", pcscd.Dummy{}),
		"remove no card":            d.Remove("a"),
		"swap no card":              d.Swap("a", pcscd.Dummy{}),
		"mute no card":              d.Mute("a", true),
		"reset no card":             d.Reset("a"),
		"restart what runs":         d.Restart(),
		"a second daemon's bad dir": second(socket + "/below/a/file"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	must(t, d.Insert("a", pcscd.Dummy{}))
	if err := d.Insert("a", pcscd.Dummy{}); err == nil {
		t.Error("two cards fit into one reader")
	}
	for i := range 15 {
		must(t, d.AddReader(strings.Repeat("r", i+2)))
	}
	if err := d.AddReader("one too many"); err == nil {
		t.Error("there may be 17 readers")
	}
}

func second(path string) error {
	d, err := pcscd.Start(path)
	if err == nil {
		d.Stop()
	}
	return err
}

// request lays out a request of libpcsclite.
func request(cmd pcscd.Command, body ...uint32) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, []uint32{uint32(4 * len(body)), uint32(cmd)})
	_ = binary.Write(&b, binary.NativeEndian, body)
	return b.Bytes()
}

func TestBrokenRequestsEndTheConnection(t *testing.T) {
	_, socket := start(t)
	for name, raw := range map[string][]byte{
		"another size":     request(pcscd.Version, 4, 4),
		"no such command":  request(0x77),
		"too long":         {0xFF, 0xFF, 0xFF, 0x7F, 0x11, 0, 0, 0},
		"too much to send": request(pcscd.Transmit, 1, 0, 0, 1<<30, 0, 0, 0, 0),
	} {
		c, err := net.Dial("unix", socket)
		must(t, err)
		must(t, c.SetDeadline(time.Now().Add(10*time.Second)))
		_, err = c.Write(raw)
		must(t, err)
		if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
			t.Errorf("%s: %d octets of answer, %v", name, len(rest), err)
		}
		must(t, c.Close())
	}
}

func TestAnotherVersionIsRefused(t *testing.T) {
	_, socket := start(t)
	c, err := net.Dial("unix", socket)
	must(t, err)
	defer func() { must(t, c.Close()) }()
	_, err = c.Write(request(pcscd.Version, 4, 5, 0))
	must(t, err)
	var answer [3]uint32
	must(t, binary.Read(c, binary.NativeEndian, &answer))
	if answer != [3]uint32{4, 4, pcscd.ServiceStopped} {
		t.Errorf("answer %X", answer)
	}
}

func FuzzRequests(f *testing.F) {
	f.Add(request(pcscd.Version, 4, 4, 0))
	f.Add(append(request(pcscd.EstablishContext, 2, 0, 0), request(pcscd.GetReadersState)...))
	f.Add(append(request(pcscd.WaitStateChange), request(pcscd.StopWaiting)...))
	f.Add(append(request(pcscd.Transmit, 1, 2, 16, 2, 2, 16, 264, 0), 0, 0x20))
	f.Add(request(pcscd.BeginTransaction, 1, 0))
	f.Add(request(pcscd.Disconnect, 1, 1, 0))
	path := filepath.Join(f.TempDir(), "pcscd.comm")
	d, err := pcscd.Start(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(d.Stop)
	if err := d.AddReader("a"); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := net.Dial("unix", path)
		must(t, err)
		defer func() { _ = c.Close() }()
		must(t, c.SetDeadline(time.Now().Add(10*time.Second)))
		if _, err := c.Write(raw); err != nil {
			return // hung up in the middle
		}
		must(t, c.(*net.UnixConn).CloseWrite())
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("the connection does not end: %v", err)
		}
	})
}

func TestProtocolsOfACard(t *testing.T) {
	d, socket := start(t)
	must(t, d.AddReader("a"))
	for _, atr := range [][]byte{{0x3B, 0x80, 0x01}, {0x3B, 0x00}, {0x3B, 0xF8, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x15}, {0x3B}} {
		must(t, d.Insert("a", pcscd.Dummy{History: atr}))
		// opensc-tool connects, and connects again by T=1 where there is one.
		program(t, socket, "opensc-tool", "--reader", "a", "--card-driver", "default", "--send-apdu", "00:A4:00:00")
		must(t, d.Remove("a"))
	}
}

// chip writes down what it is told.
type chip struct {
	pcscd.Dummy
	mu   sync.Mutex
	told []string
	busy func() // in the middle of a command
}

func (c *chip) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, what)
}

func (c *chip) PowerOn()  { c.note("on") }
func (c *chip) PowerOff() { c.note("off") }
func (c *chip) Reset()    { c.note("reset") }

func (c *chip) Transmit(context.Context, []byte) ([]byte, error) {
	c.busy()
	c.note("command")
	return []byte{0x90, 0x00}, nil
}

func TestChipIsToldInOrder(t *testing.T) {
	d, socket := start(t)
	must(t, d.AddReader("a"))
	c := &chip{busy: func() {
		// Pulled by itself in the middle: it has power until it is done.
		must(t, d.Remove("a"))
	}}
	must(t, d.Insert("a", pcscd.FromChip(t.Context(), c)))
	must(t, d.Reset("a"))
	cmd := exec.CommandContext(t.Context(), "opensc-tool", "--reader", "a", "--card-driver", "default", "--send-apdu", "00:A4:00:00")
	cmd.Env = append(cmd.Environ(), pcscd.SocketEnv+"="+socket)
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Errorf("the command went through:\n%s", out)
	}
	d.Stop()
	// opensc-tool resets the card to speak T=1 with it.
	want := "on reset reset command off"
	if got := strings.Join(c.told, " "); got != want {
		t.Errorf("the chip was told %q, want %q", got, want)
	}
}
