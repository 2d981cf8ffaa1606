package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"lanyard/broker/agent"
	"lanyard/broker/demo"
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
	f.StringVar(&t.language, "language", "", "language of the windows: en or cy (default: the desktop's)")
	f.StringVar(&t.look, "look", "", "colours of the windows: light, dark or contrast (default: the desktop's)")
	f.IntVar(&t.text, "text", 100, "size of text in the windows, 100 to 200 per cent")
}

// windows tells whether the desk is shown in windows.
func (t *taste) windows() bool { return !t.terminal && display.Available() }

func (t *taste) options() (display.Options, error) {
	o := display.Options{Language: words.Language(t.language), Look: t.look, Scale: float32(t.text) / 100}
	if t.language != "" && o.Language != words.English && o.Language != words.Welsh {
		return o, fmt.Errorf("--language is %q and must be en or cy", t.language)
	}
	if !slices.Contains([]string{"", "light", "dark", "contrast"}, t.look) {
		return o, fmt.Errorf("--look is %q and must be light, dark or contrast", t.look)
	}
	if t.text < 100 || t.text > 200 {
		return o, fmt.Errorf("--text is %d and must be from 100 to 200", t.text)
	}
	return o, nil
}

// show runs the desk in windows beside what else has to run, until one of
// them ends. The toolkit wants the main goroutine, which cobra's commands run on.
func (t *taste) show(cmd *cobra.Command, desk agent.Desk, drawer ui.Drawer, log *slog.Logger, run func(context.Context) error) error {
	o, err := t.options()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return run(ctx) })
	c := ui.Config{Agent: desk, Drawer: drawer, Log: log, Now: time.Now}
	if drawer == nil { // cards to practise with are not remembered
		c.Seen = seenHere(ctx, log)
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
	return t.show(cmd, p.Agent, practice{p}, o.Log, func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	})
}
