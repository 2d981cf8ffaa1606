package pkcs11

import (
	"bufio"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lanyard/card"
)

// TestTheChildEndsWithItsParent: killed, so that nobody could end it.
func TestTheChildEndsWithItsParent(t *testing.T) {
	exe, err := os.Executable()
	must(t, err)
	parent := exec.CommandContext(t.Context(), exe)
	parent.Env = append(os.Environ(), orphanEnv+"="+softHSM, newStore(t, keys["P-256"]).env())
	out, err := parent.StdoutPipe()
	must(t, err)
	must(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, parent.Process.Kill())
	must(t, err)
	_ = parent.Wait()
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	must(t, err)
	must(t, waitProcess(pid))
}

// TestTheChildEndsWithItsInput: where the kernel does not see to it, even while
// the module hangs.
func TestTheChildEndsWithItsInput(t *testing.T) {
	s, order := newStore(t, keys["P-256"]), filepath.Join(t.TempDir(), "order")
	p, err := spawn(compile(t), environment(os.Environ(), []string{s.env(), "FAULTY_MODULE=" + softHSM, "FAULTY_ORDER=" + order}))
	must(t, err)
	must(t, os.WriteFile(order, []byte("C_Initialize hang"), 0o600))
	must(t, writeMessage(p.in, kindRequest, &request{Op: opLoad}))
	waitGone(order)
	must(t, p.in.Close())
	<-p.ended
	p.kill()
}

// TestCloseEndsTheChild.
func TestCloseEndsTheChild(t *testing.T) {
	o := newOpener(t, Config{Module: softHSM, Env: []string{newStore(t, keys["P-256"]).env()}})
	_, err := o.OpenToken(t.Context(), Match{Label: storeLabel})
	must(t, err)
	p := o.hosts[0].p
	must(t, o.Close())
	if !p.over() {
		t.Error("the module's process still runs")
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"HOME=/home/a", "PCSCLITE_CSOCK_NAME=/run/x", "LANYARD_PIN=1", "DB_PASSWORD=x", "Github_Token=x", "AWS_SECRET_ACCESS_KEY=x",
		"YKCS11_PIN=1", "SHOPPING=x", "GOTRACEBACK=crash",
	}, []string{"SOFTHSM2_CONF=/y"})
	want := []string{"HOME=/home/a", "PCSCLITE_CSOCK_NAME=/run/x", "SHOPPING=x", "GOTRACEBACK=crash", "GOTRACEBACK=none", "SOFTHSM2_CONF=/y"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestACallWithNoProcess: a PIN is for the process that the operation began in.
func TestACallWithNoProcess(t *testing.T) {
	h := newHost(softHSM, Config{ListTimeout: DefaultListTimeout, SignTimeout: DefaultSignTimeout, Log: slog.New(slog.DiscardHandler)})
	must(t, h.take(t.Context()))
	defer h.give()
	_, err := h.call(t.Context(), &request{Op: opLogin}, card.NewPIN([]byte("123456")))
	if !errors.Is(err, card.ErrModuleCrashed) || undecided(err) {
		t.Errorf("a PIN without an operation: %v", err)
	}
	if h.p != nil {
		t.Error("a process was started for it")
	}
}

// TestNoProcessOutlivesItsPIN: modules keep copies of a PIN, accepted or not.
func TestNoProcessOutlivesItsPIN(t *testing.T) {
	d := newTable(t, theReader)
	must(t, d.Insert(theReader, newPlastic(t, keys["P-256"])))
	o := newOpener(t, d.config(installed(t, "OpenSC")))
	tok := d.open(t, o)
	change := tok.(card.PINChanger)
	for name, use := range map[string]func() error{
		"signature": func() error { return signAs(t.Context(), t, tok, card.Authentication, nothing) },
		"wrong PIN": func() error {
			err := change.ChangePIN(t.Context(), card.NewPIN([]byte("000000")), card.NewPIN([]byte("864202")))
			if refused := (*card.PINError)(nil); errors.As(err, &refused) {
				return nil
			}
			return err
		},
	} {
		_, err := tok.Keys(t.Context())
		must(t, err)
		p := o.hosts[0].p
		must(t, use())
		if !p.over() || o.hosts[0].p != nil {
			t.Errorf("%s: the process that had the PIN still runs", name)
		}
	}
}
