package command_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"lanyard/test/ptytest"
	"lanyard/test/realmtest"
)

// running is an agent that a user started.
type running struct {
	cmd    *exec.Cmd
	screen *ptytest.Screen
	typed  io.Writer
}

// agent starts an agent with a drawer. Keys come from a pipe, or from nowhere.
func (u *user) agent(t *testing.T, base, anchor string, keys bool) *running {
	t.Helper()
	settings := fmt.Sprintf("environment = \"local\"\n[card]\nsource = \"drawer\"\ndrawer = %q\n"+
		"[profiles.local]\nserver = %q\nanchors = [%q]\nproxy = \"direct\"\nvirtual_cards = true\n", filepath.Join(u.home, "cards"), base, anchor)
	if err := os.WriteFile(filepath.Join(u.home, "agent.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &running{cmd: u.command(context.WithoutCancel(t.Context()), "agent --config agent.toml"), screen: ptytest.NewScreen()}
	r.cmd.Stdout = r.screen
	if keys {
		pipe, err := r.cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		r.typed = pipe
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill()
			_ = r.cmd.Wait()
		}
	})
	r.screen.Await(t, "Put your card in")
	return r
}

func (r *running) types(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(r.typed, keys); err != nil {
		t.Fatal(err)
	}
}

// terminate asks the agent to end and wants it to end well.
func (r *running) terminate(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, r.screen)
	}
}

// TestAgent does what a user does on a day with a virtual card, and what goes
// wrong on it.
func TestAgent(t *testing.T) {
	realm := realmtest.Start(t, realmtest.Options{})
	u := newUser(t)
	status, _, text := u.run(t, "card new ward --drawer cards --uid 900000000017 --holder Grace --ca "+filepath.Dir(realm.CA.RootFile()), secrets)
	if status != 0 {
		t.Fatal(text)
	}
	a := u.agent(t, realm.Base, realm.Anchor, true)
	u.script(t, []line{
		{line: "agent --config agent.toml", status: 1, err: "another agent of this user is running"},
		{line: "ticket --no-prompt", status: 3, err: "[NO-SESSION]"},
		{line: "card list", out: "ward\n"},
		{line: "card insert nobody", status: 1, err: "[VCARD-NAME]"},
		{line: "card insert ../ward", status: 1, err: "[VCARD-NAME]"},
		{line: "card insert ward"},
	})
	a.screen.Await(t, "Passcode: ")
	a.types(t, "739146\n")
	a.screen.Await(t, "Enter for the first: ")
	a.types(t, "\n")
	a.screen.Await(t, "Signed on")
	u.script(t, []line{
		{line: "card list", out: "ward  (in)"},
		{line: "card insert ward", status: 1, err: "[VCARD-IN]"},
		{line: "whoami", out: "(900000000017)"},
		{line: "whoami --json", out: `"900000000017"`},
		{line: "ticket --no-prompt", out: "AQIC"},
		{line: "sessions", out: "this desk"},
		{line: "sessions --end nothing", status: 1, err: "[SESSION-ENDED]"},
		{line: "card remove"},
		{line: "card remove"},
	})
	a.screen.AwaitTimes(t, 2, "Put your card in")
	u.script(t, []line{{line: "whoami", status: 3, err: "[NO-SESSION]"}})
	a.terminate(t)
	u.script(t, []line{{line: "whoami", status: 4, err: "[AGENT-ABSENT]"}})
}

// TestAgentWithoutServerAndKeys starts where no server answers and nobody can
// type: the agent stays, and says what is so.
func TestAgentWithoutServerAndKeys(t *testing.T) {
	u := newUser(t)
	u.script(t, []line{
		{line: "card ca practice", out: "made"},
		{line: newCard, typed: secrets, out: "made"},
	})
	a := u.agent(t, "https://127.0.0.1:1", filepath.Join(u.home, "practice", "root.crt"), false)
	faults := filepath.Join(u.home, "cards", "ward.faults")
	if err := os.WriteFile(faults, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	u.script(t, []line{{line: "card insert ward", status: 1, err: "[CONFIG-INVALID]"}})
	if err := os.Remove(faults); err != nil {
		t.Fatal(err)
	}
	u.script(t, []line{{line: "card insert ward"}})
	a.screen.Await(t, "[SERVER-DOWN]")
	u.script(t, []line{
		{line: "ticket", status: 1, err: "[SERVER-DOWN]"},
		{line: "card remove"},
	})
	a.terminate(t)
}
