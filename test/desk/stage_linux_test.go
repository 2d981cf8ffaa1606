package desk

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"lanyard/broker/agent"
	"lanyard/ui"
	"lanyard/ui/display"
	"lanyard/ui/words"
)

// stageEnv makes the test's own program the stage for pictures.
const stageEnv = "LANYARD_TEST_STAGE"

// noon is what the clock of the stage says.
func noon() time.Time { return time.Date(2026, time.November, 24, 8, 14, 0, 0, time.UTC) }

// stage stands in for the agent where pictures are taken: the windows, the
// toolkit and its driver are the program's own, and only names, dates and card
// numbers are always the same. It shows the scene whose name it reads.
type stage struct{}

// Watch implements [agent.Desk].
func (stage) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	all := scenes()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- in.Text()
		}
	}()
	show(at(agent.NoCard))
	for seq := uint64(2); ; seq++ {
		select {
		case <-ctx.Done():
			return nil
		case name, ok := <-lines:
			snap, known := all[name]
			if !ok || !known {
				return fmt.Errorf("no such scene: %q", name)
			}
			snap.Seq = seq
			if snap.Card != nil {
				in := *snap.Card
				in.Gen += 10 // each scene is an insertion of its own
				snap.Card = &in
			}
			show(snap)
		}
	}
}

// Do implements [agent.Desk]: a stage does not act.
func (stage) Do(_ context.Context, r agent.Request) error {
	if s, ok := r.(agent.SubmitPIN); ok {
		s.PIN.Wipe()
	}
	return nil
}

// play is the stage's main function.
func play(args []string) error {
	var o display.Options
	var language string
	var drawer, other bool
	f := flag.NewFlagSet("stage", flag.ContinueOnError)
	f.StringVar(&language, "language", "en", "")
	f.StringVar(&o.Look, "look", "light", "")
	f.IntVar(&o.Text, "text", 100, "")
	f.BoolVar(&drawer, "drawer", false, "")
	f.BoolVar(&other, "other", false, "all is well, and there is no keyring for a proxy's password")
	if err := f.Parse(args); err != nil {
		return err
	}
	o.Language = words.Language(language)
	c := ui.Config{Agent: stage{}, Log: silent, Now: noon, Doctor: stageDoctor{well: other}, Settings: stageSettings{proxy: other}}
	if drawer {
		c.Drawer = stageDrawer{}
	}
	err := display.Run(context.Background(), c, o)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
