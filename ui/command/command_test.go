package command_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lanyard/card/pkcs11"
	"lanyard/card/virtual/reader"
	"lanyard/ui/command"
)

// asProgram makes this test binary the lanyard command.
const asProgram = "LANYARD_TEST_PROGRAM"

func TestMain(m *testing.M) {
	reader.Main()
	pkcs11.Main()
	if os.Getenv(asProgram) != "" {
		os.Exit(program())
	}
	os.Exit(m.Run())
}

func program() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := func(w io.Writer, _ string) (*slog.Logger, error) { return slog.New(slog.NewTextHandler(w, nil)), nil }
	if err := command.Root(&command.Shared{Logger: log}).ExecuteContext(ctx); err != nil {
		command.Explain(os.Stderr, err)
		return command.ExitStatus(err)
	}
	return 0
}

// user is somebody with a home of their own, at a shell there.
type user struct {
	home string
	env  []string
}

func newUser(t *testing.T) *user {
	t.Helper()
	u := &user{home: t.TempDir()}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "XDG_") && !strings.HasPrefix(v, "DBUS_") {
			u.env = append(u.env, v)
		}
	}
	u.env = append(u.env, asProgram+"=1", "HOME="+u.home, "XDG_CONFIG_HOME="+u.home, "XDG_CACHE_HOME="+u.home, "XDG_RUNTIME_DIR="+u.home)
	return u
}

func (u *user) command(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], strings.Fields(line)...)
	cmd.Dir, cmd.Env = u.home, u.env
	return cmd
}

// run types a line at the shell, and typed into the program.
func (u *user) run(t *testing.T, line, typed string) (status int, out, err string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := u.command(ctx, line)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(typed), &stdout, &stderr
	if e := new(exec.ExitError); !errors.As(cmd.Run(), &e) {
		status = cmd.ProcessState.ExitCode()
	} else {
		status = e.ExitCode()
	}
	return status, stdout.String(), stderr.String()
}

// line is what a user types and what comes back.
type line struct {
	line   string
	typed  string
	status int
	out    string // stands in the output; "" is no output at all
	err    string // stands in the error, "" is none
}

func (u *user) script(t *testing.T, lines []line) {
	t.Helper()
	for _, l := range lines {
		status, out, err := u.run(t, l.line, l.typed)
		if status != l.status {
			t.Errorf("lanyard %s: status %d, want %d", l.line, status, l.status)
		}
		if !strings.Contains(out, l.out) || l.out == "" && out != "" {
			t.Errorf("lanyard %s: printed %q, want %q", l.line, out, l.out)
		}
		if !strings.Contains(err, l.err) || l.err == "" && strings.Contains(err, "lanyard:") {
			t.Errorf("lanyard %s: error %q, want %q", l.line, err, l.err)
		}
	}
}

// TestWhatIsNoCommand tells what was wrong with a line.
func TestWhatIsNoCommand(t *testing.T) {
	newUser(t).script(t, []line{
		{line: "nonsense", status: 1, err: `unknown command "nonsense"`},
		{line: "card nonsense", status: 1, err: `unknown command "nonsense" for "lanyard card"`},
		{line: "card", out: "insert"},
		{line: "card new --uid 900000000017 --holder X --ca ca --drawer d", status: 1, err: "0 names given, one is wanted: lanyard card new NAME"},
		{line: "card insert one two", status: 1, err: "2 names given, one is wanted"},
		{line: "card ca", status: 1, err: "0 folders given, one is wanted"},
		{line: "card pin ward", status: 1, err: "--drawer must name the folder"},
		{line: "agent --config absent.toml", status: 1, err: "absent.toml: no such file"},
		{line: "agent", status: 1, err: "environment must name one of the profiles"},
		{line: "demo --env file", status: 1, err: "--env goes with --hold"},
		{line: "demo --faults absent", status: 1, err: "absent"},
		{line: "ticket --no-prompt", status: 4, err: "[AGENT-ABSENT]"},
		{line: "whoami --json", status: 4, err: "[AGENT-ABSENT]"},
		{line: "sessions", status: 4, err: "[AGENT-ABSENT]"},
		{line: "card insert ward", status: 4, err: "[AGENT-ABSENT]"},
	})
}

const (
	secrets = "739146\n739146\n87654321\n87654321\n"
	newCard = "card new ward --drawer cards --uid 900000000017 --holder Grace --ca practice"
)

// TestCards makes an authority and a card and does everything with it that
// needs no agent.
func TestCards(t *testing.T) {
	u := newUser(t)
	u.script(t, []line{
		{line: newCard, typed: secrets, status: 1, err: "open authority in practice"},
		{line: "card ca practice", out: "made practice/root.crt, valid until"},
		{line: "card ca practice", status: 1, err: "directory is not empty"},
		{line: "card list --drawer cards"},
		{line: newCard, typed: secrets, out: "made cards/ward.card"},
		{line: newCard, typed: secrets, status: 1, err: "never overwritten"},
		{line: strings.Replace(newCard, "ward", "other", 1), typed: "739146\n739147\n", status: 1, err: "not the same"},
		{line: strings.Replace(newCard, "ward", "other", 1), typed: strings.Repeat("7", 300) + "\n", status: 1, err: "4 to 8"},
		{line: strings.Replace(newCard, "ward", "other", 1), status: 1, err: "cancelled"},
		{line: strings.Replace(newCard, "900000000017", "17", 1), status: 1, err: "must be 12 digits"},
		{line: strings.Replace(newCard, "ward", "../ward", 1), status: 1, err: "not the name of a card"},
		{line: "card list --drawer cards", out: "ward  Grace  until"},
		{line: "card pin ward --drawer cards", typed: "111111\n246813\n246813\n", status: 1, err: "2 tries left"},
		{line: "card pin ward --drawer cards", typed: "739146\n246813\n246813\n", out: "changed"},
		{line: "card unblock ward --drawer cards", typed: "1234\n739146\n739146\n", status: 1, err: "wrong PUK, 2 tries left"},
		{line: "card unblock ward --drawer cards", typed: "87654321\n739146\n739146\n", out: "changed"},
		{line: "card pin nobody --drawer cards", status: 1, err: "nobody.card"},
	})
	file := filepath.Join(u.home, "cards", "ward.card")
	if err := os.Truncate(file, 300); err != nil {
		t.Fatal(err)
	}
	u.script(t, []line{
		{line: "card list --drawer cards", out: "damaged"},
		{line: "card pin ward --drawer cards", status: 1, err: "damaged"},
	})
}
