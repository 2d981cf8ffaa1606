package agent

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"lanyard/card"
)

// farewell is how long an agent that stops waits for the server to hear of it.
const farewell = 5 * time.Second

// loop owns the state.
type loop struct {
	agent  *Agent
	state  State
	runner *runner
	log    *slog.Logger
}

// Run watches the readers and serves the desk until ctx ends. It then signs out
// at the server, within a limit of time, and returns nil when everything it
// started has ended. It is called once. An error is that of the card watcher.
func (a *Agent) Run(ctx context.Context) error {
	defer close(a.stopped)
	watching, stopWatching := context.WithCancelCause(ctx)
	defer stopWatching(nil)
	var failed error // of the watcher; to be read once watched is closed
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		failed = a.config.Watcher.Watch(watching, func(e card.Event) { a.inbox.put(CardEvent{e}) })
	}()

	l := &loop{agent: a, state: a.first(), runner: newRunner(a.config, a.inbox.put), log: a.config.Log}
	l.serve(ctx, watched)
	told := ctx.Err() != nil
	stopWatching(ErrStopping)
	l.leave()
	<-watched
	if !told {
		return fmt.Errorf("watch the card readers: %w", failed)
	}
	return nil
}

// serve takes inputs until ctx ends or the watcher fails.
func (l *loop) serve(ctx context.Context, watched <-chan struct{}) {
	for {
		select {
		case <-l.agent.inbox.wake:
			l.drain()
		case q := <-l.agent.asks:
			l.drain() // what happened before the request
			err := l.state.Fits(q.request)
			if err == nil {
				l.step(Asked{q.request})
			}
			q.reply <- err
		case <-watched:
			return
		case <-ctx.Done():
			return
		}
	}
}

// leave ends the session and waits for all that is under way.
func (l *loop) leave() {
	l.drain()
	l.step(Stop{})
	limit := time.NewTimer(farewell)
	defer limit.Stop()
	for l.runner.parting > 0 {
		select {
		case <-l.agent.inbox.wake:
			l.drain()
		case q := <-l.agent.asks:
			q.reply <- ErrStopping
		case <-limit.C:
			l.log.Warn("the server was not told that the session is over", "owed", len(l.state.owed))
			l.runner.parting = 0
		}
	}
	l.runner.end()
	l.drain() // PINs and tickets that came back are wiped and dropped
}

// drain steps through all inputs there are.
func (l *loop) drain() {
	for {
		items := l.agent.inbox.take()
		if len(items) == 0 {
			return
		}
		for _, in := range items {
			l.step(in)
		}
	}
}

// step applies one input, publishes the state and runs the effects.
func (l *loop) step(in Input) {
	before := l.state.Phase()
	next, effects := Step(l.state, in, time.Now())
	l.state = next
	l.report(in, before)
	l.agent.board.publish(next)
	l.runner.came(in)
	for _, e := range effects {
		l.runner.run(e)
	}
}

// report logs what happened. Inputs hold PINs and tickets, so only their kind,
// the phases and codes are told.
func (l *loop) report(in Input, before Phase) {
	after := l.state.Phase()
	attrs := []slog.Attr{slog.String("input", nameOf(in)), slog.String("phase", after.String())}
	if p := l.state.problem; p != nil {
		attrs = append(attrs, slog.String("problem", string(p.Code)))
	}
	if err := errorOf(in); err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	level := slog.LevelDebug
	if before != after {
		level = slog.LevelInfo
	}
	l.log.LogAttrs(context.Background(), level, "desk", attrs...)
}

// nameOf names an input for the log.
func nameOf(in Input) string {
	switch in := in.(type) {
	case CardEvent:
		return in.Kind.String()
	case Asked:
		return fmt.Sprintf("%T", in.Request)
	default:
		return fmt.Sprintf("%T", in)
	}
}

// errorOf is what went wrong with an effect.
func errorOf(in Input) error {
	switch in := in.(type) {
	case CardEvent:
		return in.Err
	case CardRead:
		return in.Err
	case Activated:
		return in.Err
	case Signed:
		return in.Err
	case Validated:
		return in.Err
	case Selected:
		return in.Err
	case KeptAlive:
		return in.Err
	case LoggedOut:
		return in.Err
	case Tended:
		return in.Err
	case Looked:
		return in.Err
	case EndedElsewhere:
		return in.Err
	default:
		return nil
	}
}
