package command

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"lanyard/broker/demo"
	"lanyard/broker/desk"
	"lanyard/broker/settings"
	"lanyard/broker/settings/autostart"
	"lanyard/broker/settings/secret"
	"lanyard/card/pkcs11"
	"lanyard/ui"
	"lanyard/ui/view"
)

// setup gives the window of settings what is set on this machine.
type setup struct {
	places    settings.Places
	started   settings.Settings // what the agent runs with
	entry     autostart.Entry
	passwords *secret.Keeper
	practice  bool
	log       *slog.Logger
	again     atomic.Bool // the program is to start anew once it has ended

	mu      sync.Mutex
	readers []string
}

var _ ui.Settings = (*setup)(nil)

// newSetup is the setup of an agent; own is the user's file, if one was named.
func newSetup(places settings.Places, started settings.Settings, own string, passwords *secret.Keeper, log *slog.Logger) (*setup, error) {
	entry, err := entryOf(own)
	if err != nil {
		return nil, err
	}
	return &setup{places: places, started: started, entry: entry, passwords: passwords, log: log}, nil
}

// entryOf is what starts with the desktop: this agent, with this user's file.
func entryOf(own string) (autostart.Entry, error) {
	if own == "" {
		return autostart.Agent()
	}
	path, err := filepath.Abs(own)
	if err != nil {
		return autostart.Entry{}, err
	}
	return autostart.Agent("--config", path)
}

// obey has the desktop start the agent, or no more, where a file or the site
// says so. What the window keeps was done when it was kept, and may have been
// changed with the desktop's own tool since. An agent works where this does not.
func (s *setup) obey(ctx context.Context, l settings.Loaded) {
	switch l.Source(settings.KeyAutostart) {
	case settings.Default, settings.Window:
		return
	}
	if err := s.entry.Set(l.Start.Autostart); err != nil {
		s.log.WarnContext(ctx, "the agent's start with the desktop is not as it is set", "err", err)
	}
}

// practiceSetup is the setup of a demonstration: how it looks is kept in its
// folder, and nothing else is to be set.
func practiceSetup(dir string, log *slog.Logger) *setup {
	base := settings.Defaults()
	base.Environment, base.Card = "demo", settings.Card{Source: "drawer", Drawer: dir}
	base.Profiles = map[string]settings.Profile{"demo": {Server: "https://127.0.0.1", Anchors: []string{"made by itself"}}}
	return &setup{places: settings.Places{Base: base, Window: filepath.Join(dir, demo.SettingsName)}, started: base, practice: true, log: log}
}

// Read implements [ui.Settings].
func (s *setup) Read(ctx context.Context, look bool) view.Setup {
	loaded, err := s.places.Load(ctx)
	v := view.Setup{Loaded: loaded, Started: s.started, Practice: s.practice}
	if err != nil {
		v.Broken = err.Error()
	}
	if s.practice {
		return v
	}
	if v.Autostart, err = s.entry.On(); err != nil {
		s.log.WarnContext(ctx, "it cannot be told whether the agent starts with the desktop", "err", err)
	}
	v.Readers = s.plugged(ctx, look)
	if v.Modules, err = pkcs11.Find(""); err != nil {
		s.log.DebugContext(ctx, "no module was found", "err", err)
	}
	if account, ok := s.account(); ok {
		v.Account, v.Password = &account, s.passwords.Look(ctx, account.Name())
	}
	return v
}

// plugged are the readers, as settings name them; those of before where nobody
// asks to look again.
func (s *setup) plugged(ctx context.Context, look bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !look || s.started.Card.Source != "reader" {
		return s.readers
	}
	seen, err := desk.Look(ctx, s.log)
	if err != nil {
		s.log.DebugContext(ctx, "no reader was found", "err", err)
	}
	s.readers = nil
	for _, r := range seen.Readers {
		if name := desk.ReaderName(r); !slices.Contains(s.readers, name) {
			s.readers = append(s.readers, name)
		}
	}
	return s.readers
}

// account is who signs on at the proxy that the agent uses.
func (s *setup) account() (settings.ProxyAccount, bool) {
	return s.started.Profiles[s.started.Environment].ProxyAccount()
}

// Keep implements [ui.Settings].
func (s *setup) Keep(ctx context.Context, key string, value any) error {
	if text, ok := value.(string); ok && text == "" {
		value = s.open(ctx, key)
	}
	if err := s.places.Keep(ctx, map[string]any{key: value}); err != nil {
		return err
	}
	if on, ok := value.(bool); ok && key == settings.KeyAutostart {
		return s.entry.Set(on)
	}
	return nil
}

// open is what is kept where a person leaves a setting open: nothing, unless the
// hand-written file says something else.
func (s *setup) open(ctx context.Context, key string) any {
	below := s.places
	below.Window = ""
	loaded, err := below.Load(ctx)
	if err == nil && loaded.Source(key) == settings.Default {
		return nil
	}
	return ""
}

// errNoProxy is a password without anybody who asks for it.
var errNoProxy = errors.New("no proxy asks for a password")

// KeepPassword implements [ui.Settings].
func (s *setup) KeepPassword(ctx context.Context, password []byte) error {
	account, ok := s.account()
	if !ok {
		return errNoProxy
	}
	return s.passwords.Set(ctx, account.Name(), password)
}

// ForgetPassword implements [ui.Settings].
func (s *setup) ForgetPassword(ctx context.Context) error {
	account, ok := s.account()
	if !ok {
		return errNoProxy
	}
	return s.passwords.Delete(ctx, account.Name())
}

// UnlockKeyring implements [ui.Settings]: to read from a keyring has it ask its
// owner.
func (s *setup) UnlockKeyring(ctx context.Context) error {
	account, ok := s.account()
	if !ok {
		return errNoProxy
	}
	password, err := s.passwords.Get(ctx, account.Name())
	clear(password)
	if errors.Is(err, secret.ErrAbsent) {
		return nil
	}
	return err
}

// StartAgain implements [ui.Settings].
func (s *setup) StartAgain() { s.again.Store(true) }
