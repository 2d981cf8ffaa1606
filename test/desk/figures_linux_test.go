package desk

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"lanyard/broker"
	"lanyard/card"
	"lanyard/card/cardtest/pcscd"
	"lanyard/card/pcsc"
	"lanyard/card/virtual"
	"lanyard/card/virtual/applet"
	"lanyard/test/proc"
	"lanyard/test/realmtest"
	"lanyard/test/screen"
)

// rounds is how often each thing is measured.
const rounds = 50

// quiet is how long nothing is drawn where a window stands as it will stay.
const quiet = 1500 * time.Millisecond

// figures is a station with the bare program beside it, and an eye on the screen.
type figures struct {
	*station
	b      *testing.B
	eye    *screen.Screen
	bare   *bareProgram
	events chan time.Time // of a PC/SC client beside the agent
}

// newFigures puts everything up.
func newFigures(b *testing.B) *figures {
	b.Helper()
	r := newRig(b, desktop{tray: true})
	f := &figures{station: newStation(r, setting{}), b: b, eye: r.eye(), bare: r.bareProgram(), events: make(chan time.Time, 1)}
	f.window(bareTitle)
	f.bare.say("hide")
	f.gone(bareTitle)
	f.listen()
	return f
}

// eye connects to the screen.
func (r *rig) eye() *screen.Screen {
	r.t.Helper()
	eye, err := screen.Open(r.variable("DISPLAY"))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(eye.Close)
	return eye
}

// listen runs a PC/SC client that does nothing but hear of cards.
func (f *figures) listen() {
	f.b.Helper()
	path := filepath.Join(workDir, "readers") // libpcsclite reads its path once in a process
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		check(f.b, err)
	}
	check(f.b, os.Symlink(f.variable(pcscd.SocketEnv), path))
	check(f.b, os.Setenv(pcscd.SocketEnv, path))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = pcsc.NewWatcher(silent, new(card.Generations)).Watch(ctx, func(e card.Event) {
			if e.Kind == card.Inserted {
				f.events <- time.Now()
			}
		})
	}()
	f.b.Cleanup(func() {
		cancel()
		<-ended
	})
}

// insert puts a card in and returns when that was, and how long it was until
// the client beside the agent heard of it.
func (f *figures) insert(p person) (begin time.Time, event time.Duration) {
	f.b.Helper()
	chip := pcscd.FromChip(f.b.Context(), applet.New(virtual.NewPIV(p.card, false, silent), applet.Options{}))
	begin = time.Now()
	check(f.b, f.readers.Insert(readerName, chip))
	select {
	case at := <-f.events:
		return begin, at.Sub(begin)
	case <-time.After(patience):
		f.b.Fatal("no event of the card")
		return begin, 0
	}
}

// settled waits until a window is to be seen and nothing more is drawn, and
// returns what stands in it, and when that stood there first.
func (f *figures) settled(title string) (sum uint64, at time.Time) {
	f.b.Helper()
	return settled(f.b, f.eye, title)
}

func settled(b *testing.B, eye *screen.Screen, title string) (sum uint64, at time.Time) {
	b.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	rest := time.NewTimer(patience)
	defer rest.Stop()
	for {
		if w, ok := eye.Window(title); ok {
			if now, ok := eye.Sum(w); ok && now != sum {
				sum, at = now, time.Now()
				rest.Reset(quiet)
			}
		}
		select {
		case <-eye.Changed():
		case <-rest.C:
			return sum, at
		case <-limit.C:
			b.Fatalf("window %q never stood still", title)
		}
	}
}

// drawn waits until a window shows what it is to show, and returns when.
func (f *figures) drawn(title string, want uint64) time.Time {
	f.b.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		if w, ok := f.eye.Window(title); ok {
			if now, ok := f.eye.Sum(w); ok && now == want {
				return time.Now()
			}
		}
		select {
		case <-f.eye.Changed():
		case <-limit.C:
			f.b.Fatalf("window %q never showed what it should", title)
		}
	}
}

// bartholomew has 500 roles.
const bartholomew broker.UID = "900000000033"

const (
	pinTitle  = "Passcode - Lanyard"
	deskTitle = "Lanyard"
	bareTitle = "Bare"
)

// BenchmarkPINWindow is from a card going into a reader to the question for the
// passcode drawn, next to the PC/SC event of another client and to the window
// of a bare program of the toolkit that is shown at a word.
func BenchmarkPINWindow(b *testing.B) {
	f := newFigures(b)
	p := f.card(anwen, "anwen")
	f.insert(p)
	asked, _ := f.settled(pinTitle)
	f.empty()
	f.bare.say("show")
	shown, _ := f.settled(bareTitle)
	f.bare.say("hide")
	f.gone(bareTitle)
	b.ResetTimer()
	var windows, events, bare series
	for range rounds {
		begin, event := f.insert(p)
		windows, events = append(windows, f.drawn(pinTitle, asked).Sub(begin)), append(events, event)
		f.empty()
		begin = time.Now()
		f.bare.say("show")
		bare = append(bare, f.drawn(bareTitle, shown).Sub(begin))
		f.bare.say("hide")
		f.gone(bareTitle)
	}
	windows.report(b, "window")
	events.report(b, "event")
	bare.report(b, "bare")
	b.ReportMetric(windows.median()/(events.median()+bare.median()), "x-event+bare")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkChangeOfUser is from one card pulled and another put in to the
// second one's question drawn, while the first one's session ends.
func BenchmarkChangeOfUser(b *testing.B) {
	f := newFigures(b)
	first, second := f.card(anwen, "anwen"), f.card(grace, "grace")
	f.insert(second)
	asked, _ := f.settled(pinTitle)
	f.empty()
	b.ResetTimer()
	var changes, events series
	for range rounds / 5 { // a sign-on each
		f.insert(first)
		f.window(asks)
		f.types(realmtest.PIN())
		f.enter(func() bool { return f.state().Phase == "signed-on" })
		begin := time.Now()
		check(b, f.readers.Remove(readerName))
		_, event := f.insert(second)
		changes, events = append(changes, f.drawn(pinTitle, asked).Sub(begin)), append(events, event)
		f.empty()
	}
	changes.report(b, "change")
	b.ReportMetric(changes.median()/events.median(), "x-event")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRoleKey is from a key in the list of 500 roles to what it leaves
// drawn, next to a key in the bare window, which changes one word.
func BenchmarkRoleKey(b *testing.B) {
	f := newFigures(b)
	f.insert(f.card(bartholomew, "bartholomew"))
	f.window(asks)
	f.types(realmtest.PIN())
	f.enter(func() bool { return f.sees(roles) })
	f.window(roles)
	title := f.front()
	product := f.keys(title)
	f.press("Escape")
	f.bare.say("show")
	f.window(bareTitle)
	bare := f.keys(bareTitle)
	product.report(b, "key")
	bare.report(b, "bare")
	b.ReportMetric(product.median()/bare.median(), "x-bare")
	b.ReportMetric(0, "ns/op")
}

// keys presses two keys in turn and measures each until its picture is there.
func (f *figures) keys(title string) (all series) {
	f.b.Helper()
	keys := []xproto.Keysym{'p', screen.BackSpace}
	want := make([]uint64, len(keys))
	for range 2 { // the second time round each follows the other
		for i, k := range keys {
			check(f.b, f.eye.Press(k))
			want[i], _ = f.settled(title)
		}
	}
	f.b.ResetTimer()
	for n := range rounds {
		i := n % len(keys)
		begin := time.Now()
		check(f.b, f.eye.Press(keys[i]))
		all = append(all, f.drawn(title, want[i]).Sub(begin))
	}
	return all
}

// BenchmarkStart is from the program's start to its window drawn, and the memory
// it then holds, next to the bare program.
func BenchmarkStart(b *testing.B) {
	r := newRig(b, desktop{}) // without a tray the desk's window opens by itself
	eye := r.eye()
	st := newStation(r, setting{})
	var product, bare series
	var held, bareHeld []float64
	for range 5 {
		r.end(st.agent)
		r.gone(desk)
		begin := time.Now()
		st.agent = st.rig.start(st.agent.Args[0], st.agent.Args[1:]...)
		_, at := settled(b, eye, deskTitle)
		product, held = append(product, at.Sub(begin)), append(held, resident(b, st.agent.Process.Pid))
		begin = time.Now()
		p := r.bareProgram()
		_, at = settled(b, eye, bareTitle)
		bare, bareHeld = append(bare, at.Sub(begin)), append(bareHeld, resident(b, p.cmd.Process.Pid))
		r.end(p.cmd)
		r.gone(bareTitle)
	}
	product.report(b, "start")
	bare.report(b, "bare")
	b.ReportMetric(median(held), "MB")
	b.ReportMetric(median(bareHeld), "bare-MB")
	b.ReportMetric(product.median()/bare.median(), "x-bare")
	b.ReportMetric(median(held)/median(bareHeld), "x-bare-MB")
	b.ReportMetric(0, "ns/op")
}

// TestHiddenDeskIsAsQuietAsTheToolkit holds that a signed-on desk whose windows
// are hidden wakes up no more than a bare program of the toolkit with an icon in
// the tray, whose own loop never rests. Both are counted over the same time; a
// machine that is busy disturbs one and not the other, so the calmest of five
// looks counts.
func TestHiddenDeskIsAsQuietAsTheToolkit(t *testing.T) {
	r := newRig(t, desktop{tray: true})
	st := newStation(r, setting{})
	bare := r.bareProgram()
	r.window(bareTitle)
	bare.say("hide")
	st.signOn(st.card(anwen, "anwen"))
	r.until("no window", func() bool { return !r.sees(asks) && !r.sees(bareTitle) && !r.sees(desk) })
	const span, spare = 10 * time.Second, 5.0
	least := 1e9
	for range 5 {
		before, bareBefore := switches(t, st.agent.Process.Pid), switches(t, bare.cmd.Process.Pid)
		time.Sleep(span) // the time is what is measured
		product := float64(switches(t, st.agent.Process.Pid)-before) / span.Seconds()
		toolkit := float64(switches(t, bare.cmd.Process.Pid)-bareBefore) / span.Seconds()
		t.Logf("wake-ups a second: %.1f, bare %.1f", product, toolkit)
		least = min(least, product-toolkit)
		if least <= spare {
			return
		}
	}
	t.Errorf("the hidden desk wakes up %.1f times a second more than the bare program", least)
}

// switches is how often a process went to sleep of its own will.
func switches(tb testing.TB, pid int) (sum uint64) {
	tb.Helper()
	all, err := proc.Switches(pid)
	check(tb, err)
	for _, n := range all {
		sum += n
	}
	return sum
}

// bareProgram is the bare program at work.
type bareProgram struct {
	cmd *exec.Cmd
	in  io.Writer
	tb  testing.TB
}

// bareProgram starts it with its window to be seen.
func (r *rig) bareProgram() *bareProgram {
	r.t.Helper()
	path := filepath.Join(workDir, "bare")
	if _, err := os.Stat(path); err != nil {
		if out, err := exec.CommandContext(r.t.Context(), "go", "build", "-o", path, "lanyard/test/desk/bare").CombinedOutput(); err != nil {
			r.t.Fatalf("build the bare program: %v\n%s", err, out)
		}
	}
	cmd := exec.CommandContext(context.Background(), path, "show")
	cmd.Env, cmd.SysProcAttr = r.env, &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	check(r.t, err)
	check(r.t, cmd.Start())
	r.t.Cleanup(func() { r.end(cmd) })
	return &bareProgram{cmd: cmd, in: in, tb: r.t}
}

// variable is one of the surroundings.
func (r *rig) variable(name string) (value string) {
	for _, e := range r.env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			value = v
		}
	}
	return value
}

// say has it show or hide its window.
func (p *bareProgram) say(word string) {
	p.tb.Helper()
	_, err := io.WriteString(p.in, word+"\n")
	check(p.tb, err)
}

var residentLine = regexp.MustCompile(`(?m)^VmRSS:\s*([0-9]+) kB$`)

// resident is the memory that a process holds, in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	check(b, err)
	m := residentLine.FindSubmatch(status)
	if m == nil {
		b.Fatal("the kernel does not tell")
	}
	n, err := strconv.ParseFloat(string(m[1]), 64)
	check(b, err)
	return n / 1024
}

// series is one measure, time after time.
type series []time.Duration

// report tells median and 99th percentile in milliseconds.
func (s series) report(b *testing.B, name string) {
	sorted := slices.Sorted(slices.Values(s))
	b.ReportMetric(s.median(), name+"-ms")
	b.ReportMetric(millis(sorted[(len(sorted)*99+99)/100-1]), name+"-p99-ms")
}

func (s series) median() float64 {
	all := make([]float64, len(s))
	for i, d := range s {
		all[i] = millis(d)
	}
	return median(all)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
