package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// Desk shows an agent in a terminal.
type Desk struct {
	Agent agent.Desk
	In    *os.File // keys; a pipe works too, each question answered by a line
	Out   io.Writer
	Words words.Book // zero: English
	// Until ends Run when it returns true; nil never does.
	Until func(agent.Snapshot) bool
}

// errDone ends the group when Until is satisfied.
var errDone = errors.New("done")

// Run shows and asks until ctx ends, the input ends or Until is satisfied.
func (d *Desk) Run(ctx context.Context) error {
	keys, err := openKeys(d.In)
	if err != nil {
		return fmt.Errorf("open the terminal: %w", err)
	}
	defer keys.close()

	s := &sitting{desk: d}
	defer s.leave()
	snapshots := make(chan agent.Snapshot)
	pressed := make(chan byte)
	asking := make(chan bool, 1)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return d.Agent.Watch(ctx, func(snap agent.Snapshot) {
			select {
			case snapshots <- view.Clean(snap):
			case <-ctx.Done():
			}
		})
	})
	g.Go(func() error { return keys.pump(ctx, asking, pressed) })
	g.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case snap := <-snapshots:
				s.show(snap)
				s.tellShown(ctx)
				tell(asking, s.wanted())
				if d.Until != nil && d.Until(snap) {
					return errDone
				}
			case b := <-pressed:
				if err := s.key(ctx, b); err != nil {
					return err
				}
				tell(asking, s.wanted())
			}
		}
	})
	if err := g.Wait(); err != nil && !errors.Is(err, errDone) {
		return err
	}
	return nil
}

// tellShown tells the agent that the question of a card is to be seen, once for
// each insertion.
func (s *sitting) tellShown(ctx context.Context) {
	asks := s.question == forPIN || s.snap.Keypad != nil
	if asks && s.gen != s.seen {
		s.seen = s.gen
		_ = s.desk.Agent.Do(ctx, agent.Shown{Gen: s.gen}) // a card that has gone is not measured
	}
}

// tell replaces what stands in a channel of one.
func tell(c chan bool, v bool) {
	select {
	case <-c:
	default:
	}
	c <- v
}

// sitting is what one Run remembers.
type sitting struct {
	desk     *Desk
	snap     agent.Snapshot
	shown    view.Status
	role     broker.RoleProfileID // the selected one, as it was shown
	question question
	own      bool // the person opened the question, not the desk
	gen      card.Generation
	answered bool // the question was answered, and the agent has not moved on yet
	typed    [64]byte
	n        int
	mid      bool // the last line that was printed is not at its end

	seen     card.Generation // whose question was shown last
	form     form
	tried    agent.CareKind // what was handed in and not yet answered
	triedAt  uint64
	awaits   bool // for the places
	placesAt agent.PlacesView
}

func (s *sitting) wipe() {
	clear(s.typed[:])
	s.n = 0
}

// text is a text of the desk's language.
func (s *sitting) text(k words.Key, pairs ...string) string { return s.desk.Words.Text(k, pairs...) }

// do hands a request in; that it no longer fits (the card just left) is shown,
// not an end.
func (s *sitting) do(ctx context.Context, r agent.Request) error {
	if err := s.desk.Agent.Do(ctx, r); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s.answered, s.awaits, s.tried = false, false, agent.NoCare
		text := s.text(words.TermNotNow)
		if !errors.Is(err, agent.ErrPhase) {
			text, _, _ = s.desk.Words.Failure(agent.ProblemOf(err).Code)
		}
		s.endLine()
		s.print("  %s\n", text)
	}
	return nil
}

func (s *sitting) print(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text == "" {
		return
	}
	s.mid = !strings.HasSuffix(text, "\n")
	_, _ = io.WriteString(s.desk.Out, text)
}

// endLine makes room for a new line behind an open question.
func (s *sitting) endLine() {
	if s.mid {
		s.print("\n")
	}
}

// sentence ends a title as a sentence.
func sentence(title string) string {
	if strings.HasSuffix(title, ".") || strings.HasSuffix(title, "?") {
		return title
	}
	return title + "."
}
