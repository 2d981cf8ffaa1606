//go:build linux

package terminal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/test/ptytest"
	"lanyard/ui/terminal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is an agent that moves on as the test says: snapshots come when the
// test wants them, which a real one would not show on command.
type desk struct {
	shots chan agent.Snapshot
	asked chan string
	seen  chan card.Generation
}

func newDesk() *desk {
	return &desk{shots: make(chan agent.Snapshot, 10), asked: make(chan string, 10), seen: make(chan card.Generation, 10)}
}

func (d *desk) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	for {
		select {
		case s := <-d.shots:
			show(s)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (d *desk) Do(_ context.Context, r agent.Request) error {
	switch r := r.(type) {
	case agent.SubmitPIN:
		d.asked <- fmt.Sprintf("pin %d %s", r.Gen, r.PIN.Octets())
		r.PIN.Wipe()
	case agent.Shown:
		d.seen <- r.Gen
	case agent.ChangePIN:
		d.asked <- fmt.Sprintf("change %d %s %s", r.Gen, r.Old.Octets(), r.New.Octets())
	case agent.Unblock:
		d.asked <- fmt.Sprintf("unblock %d %s %s", r.Gen, r.PUK.Octets(), r.New.Octets())
	default:
		d.asked <- fmt.Sprintf("%T %+v", r, r)
	}
	return nil
}

func (d *desk) expect(t *testing.T, want string) {
	t.Helper()
	select {
	case got := <-d.asked:
		if got != want {
			t.Fatalf("asked %q, want %q", got, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("nothing was asked, want %q", want)
	}
}

func sit(t *testing.T, in *os.File, until func(agent.Snapshot) bool) (*desk, *ptytest.Screen) {
	t.Helper()
	d, out := newDesk(), ptytest.NewScreen()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- (&terminal.Desk{Agent: d, In: in, Out: out, Until: until}).Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
	return d, out
}

func snapshot(p agent.Phase, gen card.Generation) agent.Snapshot {
	return agent.Snapshot{
		Phase: p, PINWanted: p == agent.NeedPIN, Card: &agent.CardView{Gen: gen, Label: "Grace Okafor", Retries: 3},
		Environment: agent.Environment{Name: "demo"},
		Roles: []agent.RoleView{
			{ID: "1", Name: `"Clinical":"Clinical Provision":"Nurse Access Role"`, OrgName: "Llandough", OrgCode: "ZZ901"},
			{ID: "2", Name: `"Non-Clinical":"Admin":"Clerk"`, OrgName: "Ysbyty Gwynedd", OrgCode: "ZZ902"},
		},
	}
}

func TestAnswersFromAPipeWaitForTheirQuestions(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.WriteString(w, "739146\nclerk\n"); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	d, out := sit(t, r, nil)
	d.shots <- agent.Snapshot{Phase: agent.NoCard}
	d.shots <- snapshot(agent.NeedPIN, 1)
	d.expect(t, "pin 1 739146")
	d.shots <- snapshot(agent.SigningOn, 1)
	out.Await(t, "Signing on")
	d.shots <- snapshot(agent.ChoosingRole, 1)
	d.expect(t, fmt.Sprintf("%T %+v", agent.ChooseRole{}, agent.ChooseRole{ID: "2", Mode: broker.LiveMode}))
	if strings.Contains(out.String(), "739146") {
		t.Error("the passcode was echoed")
	}
}

func TestTerminal(t *testing.T) {
	master, slave := ptytest.Open(t)
	d, out := sit(t, slave, nil)
	press := func(keys string) {
		t.Helper()
		if _, err := master.WriteString(keys); err != nil {
			t.Fatal(err)
		}
	}
	d.shots <- snapshot(agent.NeedPIN, 1)
	out.Await(t, "Passcode: ")
	press("7391")
	out.Await(t, "••••")

	// The card is changed: what was typed for one is not used for the other.
	d.shots <- agent.Snapshot{Phase: agent.NoCard}
	out.Await(t, "Put your card in")
	d.shots <- snapshot(agent.NeedPIN, 2)
	out.AwaitTimes(t, 2, "Passcode: ")
	for _, want := range []card.Generation{1, 2} {
		if got := <-d.seen; got != want {
			t.Errorf("the question of card %d was told as seen, want %d", got, want)
		}
	}
	press("80\x7f\x7f\x7f4268\r")
	d.expect(t, "pin 2 4268")

	wrong := snapshot(agent.NeedPIN, 2)
	wrong.Problem = &agent.Problem{Code: failure.PINWrong, Retries: 2}
	d.shots <- wrong
	out.Await(t, "2 tries left. Take your time. [PIN-WRONG]")

	// Escape wipes first, then cancels.
	press("12")
	press("\x1b\x1b")
	d.expect(t, fmt.Sprintf("%T %+v", agent.CancelPIN{}, agent.CancelPIN{Gen: 2}))
	if shown := out.String(); strings.Contains(shown, "7391") || strings.Contains(shown, "4268") {
		t.Errorf("the passcode was echoed:\n%s", shown)
	}

	on := snapshot(agent.SignedOn, 2)
	on.UID, on.UserName, on.Role = "900000000017", "Grace Okafor", &on.Roles[0]
	d.shots <- on
	out.Await(t, "Grace Okafor, Nurse Access Role, Llandough")
	press("r")
	out.Await(t, "Ysbyty Gwynedd (ZZ902)")
	press("zz902\r")
	d.expect(t, fmt.Sprintf("%T %+v", agent.ChooseRole{}, agent.ChooseRole{ID: "2"}))
	other := on
	other.Role = &on.Roles[1]
	d.shots <- other
	out.Await(t, "Grace Okafor, Clerk, Ysbyty Gwynedd")

	// Offline is said once, not at every next try.
	for i := range 3 {
		away := other
		away.Phase, away.NextTry = agent.Offline, time.Unix(int64(i), 0)
		away.Problem = &agent.Problem{Code: failure.NetDown}
		d.shots <- away
	}
	d.shots <- other
	out.AwaitTimes(t, 3, "Signed on. ")
	if n := strings.Count(out.String(), "[NET-DOWN]"); n != 1 {
		t.Errorf("offline was said %d times:\n%s", n, out)
	}
	press("o")
	d.expect(t, fmt.Sprintf("%T %+v", agent.SignOut{}, agent.SignOut{}))
}

// TestNewsWhileTyping puts what is new on a line of its own, and what was typed
// already behind the question again.
func TestNewsWhileTyping(t *testing.T) {
	master, slave := ptytest.Open(t)
	d, out := sit(t, slave, nil)
	press := func(keys string) {
		t.Helper()
		if _, err := master.WriteString(keys); err != nil {
			t.Fatal(err)
		}
	}
	d.shots <- snapshot(agent.NeedPIN, 1)
	out.Await(t, "Passcode: ")
	press("73")
	out.Await(t, "••")
	down := snapshot(agent.NeedPIN, 1)
	down.Problem = &agent.Problem{Code: failure.ServerDown, Retries: -1}
	d.shots <- down
	out.Await(t, "[SERVER-DOWN]\n  Passcode: ••")
	if !strings.Contains(out.String(), "Passcode: ••\n[") {
		t.Errorf("no line of its own:\n%s", out)
	}
	press("91\r")
	d.expect(t, "pin 1 7391")

	// Letters of more than one octet are shown and taken away whole.
	d.shots <- snapshot(agent.ChoosingRole, 1)
	out.Await(t, "Enter for the first: ")
	press("Môn\x7f\x7fy\r")
	out.Await(t, "Môn\b \b\b \by\n")
	out.Await(t, `No role fits "My"`)
}

func TestSecret(t *testing.T) {
	for name, c := range map[string]struct {
		keys, want string
		err        error
	}{
		"a line":             {"8021\n", "8021", nil},
		"no line end":        {"8021", "8021", nil},
		"corrected":          {"802\x7f\x7f19\n", "819", nil},
		"escape":             {"802\x1b", "", card.ErrCancelled},
		"nothing at all":     {"", "", card.ErrCancelled},
		"more than can be":   {strings.Repeat("1", 300) + "\n", strings.Repeat("1", 64), nil},
		"another line after": {"8021\n7777\n", "8021", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := io.WriteString(w, c.keys); err != nil {
				t.Fatal(err)
			}
			_ = w.Close()
			out := ptytest.NewScreen()
			pin, err := terminal.Secret(t.Context(), r, out, "Passcode")
			defer pin.Wipe()
			if !errors.Is(err, c.err) || string(pin.Octets()) != c.want {
				t.Errorf("got %q, %v", pin.Octets(), err)
			}
			if c.want != "" && strings.Contains(out.String(), c.want) {
				t.Errorf("echoed: %q", out)
			}
		})
	}
}

// TestNamesFromOutside do nothing to the terminal.
func TestNamesFromOutside(t *testing.T) {
	_, slave := ptytest.Open(t)
	d, out := sit(t, slave, nil)
	s := signedOn(1)
	s.UserName = "Grace\x1b[2J\u009b2J\r\aOkafor"
	s.Role = &agent.RoleView{Name: `"A":"B":"Nurse` + "\x1b]0;title\a" + `"`, OrgName: "Llandough\u202e"}
	d.shots <- s
	out.Await(t, "Grace [2J 2J Okafor, Nurse ]0;title, Llandough")
	if text := out.String(); strings.ContainsAny(text, "\x1b\u009b\a\u202e") {
		t.Errorf("the terminal was told %q", text)
	}
}
