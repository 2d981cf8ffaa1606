package command

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lanyard/broker/desk"
	"lanyard/broker/doctor"
	"lanyard/broker/doctor/bundle"
	"lanyard/broker/doctor/logfile"
	"lanyard/broker/localapi"
	"lanyard/broker/settings"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// physician examines this machine for the command and for the window, and
// gathers what IT wants to see.
type physician struct {
	config doctor.Config
	log    string // file; empty: none is kept
	times  string // the same
}

// newPhysician makes one for the agent at a socket, whose settings are read by
// set.
func newPhysician(set func() (settings.Settings, error), socket string, passwords desk.Passwords, log *slog.Logger) (*physician, error) {
	c, err := desk.Doctor(set, socket, passwords, log)
	if err != nil {
		return nil, err
	}
	p := &physician{config: c}
	if p.log, err = logfile.Path(); err != nil {
		return nil, err
	}
	p.times, err = desk.TimesPath()
	return p, err
}

// practises has it leave alone what the agent at work keeps on this machine.
func (p *physician) practises() {
	p.log, p.times, p.config.Measured = "", "", nil
}

// loaded reads the settings of places for a physician.
func loaded(ctx context.Context, places settings.Places) func() (settings.Settings, error) {
	return func() (settings.Settings, error) {
		set, err := places.Load(ctx)
		return set.Settings, err
	}
}

// Examine looks at everything and tells each row as it comes.
func (p *physician) Examine(ctx context.Context, tell func(doctor.Row)) doctor.Report {
	return doctor.Examine(ctx, p.config, tell)
}

// Unlock has the keyring ask the person to unlock it.
func (p *physician) Unlock(ctx context.Context) error { return doctor.Unlock(ctx) }

// Text is a report in words.
func (p *physician) Text(b words.Book, r doctor.Report) string {
	return view.DiagnosticsText(b, r, version)
}

// Save writes a bundle into the user's folder of downloads, else at home.
func (p *physician) Save(ctx context.Context, b words.Book, r doctor.Report, names bool) (path string, err error) {
	folder, err := downloads(ctx)
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, bundle.Name(time.Now()))
	return path, p.write(ctx, path, b, r, names)
}

// write writes a bundle.
func (p *physician) write(ctx context.Context, path string, b words.Book, r doctor.Report, names bool) error {
	var asJSON bytes.Buffer
	if err := view.DiagnosticsJSON(&asJSON, b, r, version); err != nil {
		return err
	}
	set, _ := p.config.Settings() // their faults are a row of the report
	c := bundle.Contents{
		At: r.At, JSON: asJSON.Bytes(), Text: []byte(view.DiagnosticsText(b, r, version)), Settings: set,
		System: bundle.System(ctx, version), Session: bundle.Session(os.Getenv),
		Redactor: bundle.Redactor{Names: names, Known: append(bundle.Here(), p.people(ctx)...)},
	}
	var err error
	if p.log != "" {
		if c.Log, err = logfile.Tail(p.log, logfile.Limit); err != nil {
			return err
		}
	}
	if p.times != "" {
		if c.Times, err = readUpTo(p.times, logfile.Limit); err != nil {
			return err
		}
	}
	return c.Save(path)
}

// peopleLimit is how long the agent may take to tell who is here.
const peopleLimit = 2 * time.Second

// people are those whom the agent knows by name; none where it does not run.
func (p *physician) people(ctx context.Context) []bundle.Known {
	ctx, cancel := context.WithTimeout(ctx, peopleLimit)
	defer cancel()
	call, err := localapi.Dial(ctx, p.config.Socket)
	if err != nil {
		return nil
	}
	defer func() { _ = call.Close() }()
	state, err := call.State(ctx)
	if err != nil {
		return nil
	}
	var all []bundle.Known
	if u := state.User; u != nil {
		all = append(all, bundle.Known{Text: u.Name, Instead: "[person]"}, bundle.Known{Text: string(u.UID), Instead: "[uid]"})
	}
	if c := state.Card; c != nil {
		all = append(all, bundle.Known{Text: c.Label, Instead: "[person]"}, bundle.Known{Text: string(c.UID), Instead: "[uid]"}, bundle.Known{Text: c.Token, Instead: "[card]"})
	}
	return all
}

// readUpTo reads a file of limited size; none is an empty one.
func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, limit))
}

// downloads is the user's folder of downloads, which has a name in the
// desktop's language, else the home folder.
func downloads(ctx context.Context) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find a folder for the bundle: %w", err)
	}
	candidates := []string{filepath.Join(home, "Downloads")}
	if tool, err := exec.LookPath("xdg-user-dir"); err == nil {
		ctx, cancel := context.WithTimeout(ctx, peopleLimit)
		defer cancel()
		out, err := exec.CommandContext(ctx, tool, "DOWNLOAD").Output()
		if dir := strings.TrimSpace(string(out)); err == nil && dir != "" && dir != home { // home: none is set up
			candidates = append([]string{dir}, candidates...)
		}
	}
	for _, dir := range candidates {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir, nil
		}
	}
	return home, nil
}
