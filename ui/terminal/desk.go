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
	defer s.wipe()
	snapshots := make(chan agent.Snapshot)
	pressed := make(chan byte)
	asking := make(chan bool, 1)

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return d.Agent.Watch(ctx, func(snap agent.Snapshot) {
			select {
			case snapshots <- snap:
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
				tell(asking, s.open())
				if d.Until != nil && d.Until(snap) {
					return errDone
				}
			case b := <-pressed:
				if err := s.key(ctx, b); err != nil {
					return err
				}
				tell(asking, s.open())
			}
		}
	})
	if err := g.Wait(); err != nil && !errors.Is(err, errDone) {
		return err
	}
	return nil
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
	question view.Question
	gen      card.Generation
	answered bool // the question was answered, and the agent has not moved on yet
	typed    [64]byte
	n        int
	mid      bool // the last line that was printed is not at its end
}

// open tells whether an answer is wanted: a pipe's next line waits for it.
func (s *sitting) open() bool { return s.question != view.NoQuestion && !s.answered }

func (s *sitting) wipe() {
	clear(s.typed[:])
	s.n = 0
}

// show prints what changed and opens or closes the question.
func (s *sitting) show(snap agent.Snapshot) {
	if snap.Looking {
		return // nothing is known yet that a person could act on
	}
	s.snap = snap
	st := view.StatusOf(s.desk.Words, snap)
	question, gen := view.QuestionOf(snap)
	reopened := question != s.question || gen != s.gen || s.news(st, snap)
	if question != s.question || gen != s.gen {
		s.wipe()
	}
	s.question, s.gen = question, gen
	news := s.news(st, snap)
	if reopened {
		s.answered = false
		s.endLine()
	}
	s.shown, s.role = st, roleOf(snap)
	if news {
		s.printStatus(st)
	}
	if !reopened {
		return
	}
	switch question {
	case view.AskPIN:
		s.reopen()
	case view.AskRole:
		s.printRoles(snap.Roles)
	}
}

// news tells whether a person is told something that was not said before: a
// later time of the next try is none, another role is.
func (s *sitting) news(st view.Status, snap agent.Snapshot) bool {
	was := s.shown
	if st.Title == was.Title && st.Code == was.Code && snap.Phase == agent.Offline {
		return false
	}
	return st != was || snap.Phase == agent.SignedOn && roleOf(snap) != s.role
}

// roleOf returns the selected role, or nothing.
func roleOf(snap agent.Snapshot) broker.RoleProfileID {
	if snap.Role == nil {
		return ""
	}
	return snap.Role.ID
}

func (s *sitting) printStatus(st view.Status) {
	s.print("[%s] %s %s", view.Banner(s.desk.Words, s.snap.Environment), sentence(st.Title), st.Sentence)
	if st.Code != "" {
		s.print(" [%s]", st.Code)
	}
	if st.Known != "" {
		s.print(" (also %s)", st.Known)
	}
	s.print("\n")
	if s.snap.Phase == agent.SignedOn {
		s.print("  %s\n  Keys: r another role, o sign out, q leave\n", view.Person(s.desk.Words, s.snap))
	}
}

// longList is how many roles are listed before a person types a few letters.
const longList = 20

func (s *sitting) printRoles(roles []agent.RoleView) {
	for i, r := range roles {
		if i == longList {
			s.print("  ... %d more: type a few letters of role, place or code\n", len(roles)-longList)
			break
		}
		last := ""
		if !r.LastUsed.IsZero() {
			last = ", last used " + r.LastUsed.Local().Format("2 January")
		}
		s.print("  %2d  %s, %s (%s)%s\n", i+1, view.RoleName(r), r.OrgName, r.OrgCode, last)
	}
	s.reopen()
}

// do hands a request in; that it no longer fits (the card just left) is shown,
// not an end.
func (s *sitting) do(ctx context.Context, r agent.Request) error {
	if err := s.desk.Agent.Do(ctx, r); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s.answered = false
		s.print("  %v\n", err)
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
