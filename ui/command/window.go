package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"lanyard/broker/demo"
	"lanyard/broker/settings"
	"lanyard/ui"
	"lanyard/ui/display"
	"lanyard/ui/words"
)

// taste is how a person wants the windows.
type taste struct {
	terminal bool
	language string
	look     string
	text     int // per cent
}

func (t *taste) flags(f *pflag.FlagSet) {
	f.BoolVar(&t.terminal, "terminal", false, "no windows, even where there is a display")
	f.StringVar(&t.language, "language", "", "language of the windows: en or cy (default: as set, else the desktop's)")
	f.StringVar(&t.look, "look", "", "colours of the windows: light, dark or contrast (default: as set, else the desktop's)")
	f.IntVar(&t.text, "text", 0, "size of text in the windows, 100 to 200 per cent (default: as set, else 100)")
}

// windows tells whether the desk is shown in windows. A display that should be
// there and is not is told: who waits for windows looks for them.
func (t *taste) windows(cmd *cobra.Command) bool {
	if t.terminal {
		return false
	}
	err := display.Check(cmd.Context())
	if errors.Is(err, display.ErrSilent) {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "lanyard: %v\nThe desk is shown in this terminal.\n", err)
	}
	return err == nil
}

// options are how the windows look: as the flags say for this run, else as set.
func (t *taste) options(set settings.Look) (display.Options, error) {
	language, colours, text := cmp.Or(t.language, set.Language), cmp.Or(t.look, set.Colours), cmp.Or(t.text, set.Text)
	o := display.Options{Language: words.Language(language), Look: colours, Text: text}
	if language != "" && o.Language != words.English && o.Language != words.Welsh {
		return o, fmt.Errorf("--language is %q and must be en or cy", language)
	}
	if !slices.Contains([]string{"", "light", "dark", "contrast"}, colours) {
		return o, fmt.Errorf("--look is %q and must be light, dark or contrast", colours)
	}
	if text < 100 || text > 200 {
		return o, fmt.Errorf("--text is %d and must be from 100 to 200", text)
	}
	return o, nil
}

// show runs the desk in windows beside what else has to run, until one of
// them ends. The toolkit wants the main goroutine, which cobra's commands run on.
func (t *taste) show(cmd *cobra.Command, c ui.Config, set *setup, run func(context.Context) error) error {
	loaded, err := set.places.Load(cmd.Context())
	if err != nil {
		return err
	}
	o, err := t.options(loaded.Look)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return run(ctx) })
	c.Settings, c.Now = set, time.Now
	if c.Drawer == nil { // cards to practise with are not remembered
		c.Seen = seenHere(ctx, c.Log)
	}
	shown := display.Run(ctx, c, o)
	cancel()
	err = g.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(shown, err)
}

// practise shows the desk and a drawer of cards of invented people.
func (t *taste) practise(cmd *cobra.Command, o demo.Options) (err error) {
	_, _ = fmt.Fprintln(cmd.OutOrStdout(), "Making the server, the directory and the cards to practise with; the windows come at once.")
	p, err := demo.StartPractice(cmd.Context(), o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	examines, err := newPhysician(practiceSettings(p), p.Socket, nil, o.Log)
	if err != nil {
		return err
	}
	examines.practises()
	c := ui.Config{Agent: p.Agent, Drawer: practice{p}, Log: o.Log, Doctor: examines}
	return t.show(cmd, c, practiceSetup(o.Dir, o.Log), func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	})
}

// practiceSettings are what an agent would be set to that is like the demo's.
func practiceSettings(p *demo.Practice) func() (settings.Settings, error) {
	set := settings.Defaults()
	set.Environment, set.Card = "demo", settings.Card{Source: "drawer"}
	set.Profiles = map[string]settings.Profile{set.Environment: {Server: p.Base, Anchors: []string{p.Anchor}, Proxy: "direct", VirtualCards: true}}
	return func() (settings.Settings, error) { return set, nil }
}
