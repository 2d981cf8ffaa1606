package ui

import (
	"context"
	"maps"
	"time"

	"lanyard/broker/agent"
	"lanyard/card"
	"lanyard/ui/view"
)

// Notices is what shows notifications on this desktop. Its methods may be
// called from every goroutine.
type Notices interface {
	// Watch tells whether there is something that shows them: once at the start
	// and after each change, until ctx ends.
	Watch(ctx context.Context, tell func(bool))
	// Send shows one, in place of the one before.
	Send(ctx context.Context, title, sentence string) error
}

// Seen keeps across starts how near their end the holders of cards were told
// of it: for each card the nearest threshold, in days ahead.
type Seen interface {
	Load(ctx context.Context) (map[card.TokenID]int, error)
	Save(ctx context.Context, warned map[card.TokenID]int) error
}

// sendTime is how long a notification may take before the desk's window says
// it instead.
const sendTime = 5 * time.Second

// notices tells what happens while no window shows it. Its own goroutine waits
// for the desktop and the disk; all else is for the toolkit's.
type notices struct {
	s      *Shell
	look   view.Lookout
	warned map[card.TokenID]int // nil until it was loaded
	phase  agent.Phase
	probed bool
	can    bool         // something shows notifications
	left   *view.Notice // what nothing showed: the desk's window does until something changes
	front  bool         // one of our windows has the focus

	*queue[func(context.Context)]
	due chan time.Time // the latest: when to look again
}

func newNotices(s *Shell) *notices {
	n := &notices{s: s, queue: newQueue[func(context.Context)](), due: make(chan time.Time, 1)}
	life := s.app.Lifecycle()
	life.SetOnEnteredForeground(func() { n.front = true })
	life.SetOnExitedForeground(func() { n.front = false })
	return n
}

// show takes a new snapshot, or that it is time to look again.
func (n *notices) show(snap agent.Snapshot) {
	s := n.s
	if snap.Phase != n.phase {
		n.phase, n.left = snap.Phase, nil
	}
	// Without a tray the desk's window is always open, mostly behind others.
	sight := view.Sight{Desk: s.desk.frame.shown && (s.hosted || n.front), Warned: n.warned}
	now := s.c.Now()
	look, out := n.look.Look(s.c.Words, snap, sight, now)
	if !look.Due.Equal(n.look.Due) {
		n.arm(look.Due)
	}
	n.look = look
	for _, notice := range out.Notices {
		n.tell(notice)
	}
	if w := out.Warned; w != nil {
		n.warned[w.Token] = w.Days
		n.save(maps.Clone(n.warned))
	}
}

// tell has a notice shown, by the desk's window where nothing else would.
func (n *notices) tell(v view.Notice) {
	if n.s.c.Notices == nil || n.mute() {
		n.left = &v
		return
	}
	n.put(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, sendTime)
		defer cancel()
		if err := n.s.c.Notices.Send(ctx, v.Title, v.Sentence); err != nil {
			n.s.c.Log.WarnContext(ctx, "a notification was not shown", "err", err)
			n.s.to.do(func() { n.left = &v; n.s.desk.show(n.s.snap) })
		}
	})
}

// mute tells whether nothing shows notifications here.
func (n *notices) mute() bool { return n.probed && !n.can }

// save remembers what was told.
func (n *notices) save(warned map[card.TokenID]int) {
	if n.s.c.Seen == nil {
		return
	}
	n.put(func(ctx context.Context) {
		if err := n.s.c.Seen.Save(ctx, warned); err != nil {
			n.s.c.Log.WarnContext(ctx, "what was told of cards is not remembered", "err", err)
		}
	})
}

// set takes whether notifications are shown.
func (n *notices) set(can bool) {
	n.probed, n.can = true, can
	n.s.desk.show(n.s.snap)
}

func (n *notices) arm(due time.Time) {
	select {
	case <-n.due:
	default:
	}
	n.due <- due
}

// run loads what was told before, then does the work until ctx ends.
func (n *notices) run(ctx context.Context) {
	warned := n.load(ctx)
	n.s.to.do(func() { n.warned = warned; n.show(n.s.snap) })
	t := time.NewTimer(time.Hour)
	t.Stop()
	defer t.Stop()
	for {
		for _, f := range n.take() {
			f(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		case due := <-n.due:
			if due.IsZero() {
				t.Stop()
			} else {
				t.Reset(due.Sub(n.s.c.Now()))
			}
		case <-t.C:
			n.s.to.do(func() { n.show(n.s.snap); n.s.desk.show(n.s.snap) })
		}
	}
}

// load reads what was told before; what cannot be read is told once more.
func (n *notices) load(ctx context.Context) map[card.TokenID]int {
	warned := make(map[card.TokenID]int)
	if n.s.c.Seen == nil {
		return warned
	}
	loaded, err := n.s.c.Seen.Load(ctx)
	if err != nil {
		n.s.c.Log.WarnContext(ctx, "what was told of cards before is not known", "err", err)
		return warned
	}
	maps.Copy(warned, loaded)
	return warned
}
