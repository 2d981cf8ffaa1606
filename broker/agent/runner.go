package agent

import (
	"context"
	"sync"
	"time"

	"lanyard/card"
)

// Limits in time of what has none of its own.
const (
	readLimit     = 30 * time.Second
	signLimit     = time.Minute // without the time that a reader waits for its keys
	tendLimit     = time.Minute
	validateLimit = 10 * time.Second
	keypadWait    = 30 * time.Second // of a reader that does not tell how long it waits
)

// runner runs effects. Its methods are called by the loop alone; what they
// start reports by put and belongs to the group that end waits for.
type runner struct {
	config Config
	put    func(Input)
	root   context.Context // of everything that is under way
	cancel context.CancelCauseFunc
	group  sync.WaitGroup

	seats    map[uint64]*seat
	sessions map[uint64]scope
	timers   [timers]*time.Timer
	parting  int // validates and logouts under way: what an agent that stops waits for
}

// scope is the lifetime of what is under way for one session.
type scope struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func newRunner(c Config, put func(Input)) *runner {
	r := &runner{config: c, put: put, seats: map[uint64]*seat{}, sessions: map[uint64]scope{}}
	r.root, r.cancel = context.WithCancelCause(context.Background())
	return r
}

// run starts an effect.
func (r *runner) run(e Effect) {
	switch e := e.(type) {
	case Read:
		r.onCard(e.Seat, func(ctx context.Context, s *seat) Input { return r.read(ctx, s, e) })
	case Activate:
		r.onCard(e.Seat, func(ctx context.Context, _ *seat) Input {
			a, err := r.config.Server.Activate(ctx)
			return Activated{Seat: e.Seat, Activation: a, Err: err}
		})
	case Sign:
		r.onCard(e.Seat, func(ctx context.Context, s *seat) Input {
			der, err := s.sign(ctx, e, func() { r.put(KeysBegun{Seat: e.Seat}) })
			return Signed{Seat: e.Seat, Answer: der, Err: err}
		})
	case Tend:
		r.onCard(e.Seat, func(ctx context.Context, s *seat) Input { return s.tend(ctx, e) })
	case Validate:
		r.parting++
		r.start(r.root, validateLimit, func(ctx context.Context) Input { return r.validate(ctx, e) })
	case Select:
		r.start(r.session(e.Session), 0, func(ctx context.Context) Input {
			err := r.config.Server.SelectRole(ctx, e.Ticket, e.Role, e.Mode)
			return Selected{Session: e.Session, Role: e.Role, Mode: e.Mode, Err: err}
		})
	case KeepAlive:
		r.start(r.session(e.Session), 0, func(ctx context.Context) Input {
			return KeptAlive{Session: e.Session, Err: r.config.Server.KeepAlive(ctx, e.On)}
		})
	case Logout:
		r.parting++
		r.start(r.root, 0, func(ctx context.Context) Input {
			return LoggedOut{Session: e.Session, Err: r.config.Server.Logout(ctx, e.On)}
		})
	case Look:
		r.start(r.session(e.Session), 0, func(ctx context.Context) Input {
			places, err := r.config.Server.Sessions(ctx, e.Ticket)
			return Looked{Session: e.Session, Places: places, Err: err}
		})
	case EndElsewhere:
		r.start(r.session(e.Session), 0, func(ctx context.Context) Input {
			return EndedElsewhere{Session: e.Session, ID: e.ID, Err: r.config.Server.EndSession(ctx, e.Ticket, e.ID)}
		})
	default:
		r.atOnce(e)
	}
}

// atOnce does what needs no waiting.
func (r *runner) atOnce(e Effect) {
	switch e := e.(type) {
	case Abandon:
		if s, ok := r.sessions[e.Session]; ok {
			s.cancel(errOver)
			delete(r.sessions, e.Session)
		}
	case Forget:
		r.forget(e.Seat, card.ErrRemoved)
	case Wipe:
		e.PIN.Wipe()
	case Remember:
		r.remember(e)
	case Measured:
		r.measured(e)
	case Arm:
		r.disarm(e.Timer)
		fired := Fired{Timer: e.Timer, Seq: e.Seq}
		r.timers[e.Timer] = time.AfterFunc(e.After, func() { r.put(fired) })
	case Disarm:
		r.disarm(e.Timer)
	}
}

func (r *runner) disarm(t Timer) {
	if r.timers[t] != nil {
		r.timers[t].Stop()
		r.timers[t] = nil
	}
}

// start runs one job of the group; a limit of 0 is none of its own.
func (r *runner) start(ctx context.Context, limit time.Duration, job func(context.Context) Input) {
	r.group.Go(func() {
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		r.put(job(ctx))
	})
}

// session is the lifetime of a session's jobs.
func (r *runner) session(serial uint64) context.Context {
	s, ok := r.sessions[serial]
	if !ok {
		s.ctx, s.cancel = context.WithCancelCause(r.root)
		r.sessions[serial] = s
	}
	return s.ctx
}

// came notes the results that an agent which stops waits for.
func (r *runner) came(in Input) {
	switch in.(type) {
	case Validated, LoggedOut:
		r.parting--
	}
}

// validate hands the answer over and looks up what the person used before.
func (r *runner) validate(ctx context.Context, e Validate) Input {
	v := Validated{Seat: e.Seat}
	if v.On, v.Err = r.config.Server.Validate(ctx, e.Activation, e.UID, e.Answer); v.Err != nil || r.config.Memory == nil {
		return v
	}
	var err error
	if v.Uses, err = r.config.Memory.Uses(ctx, e.UID); err != nil {
		r.config.Log.WarnContext(ctx, "the roles used before could not be read", "error", err)
	}
	return v
}

// remember notes a use of a role.
func (r *runner) remember(e Remember) {
	if r.config.Memory == nil {
		return
	}
	at := time.Now()
	r.group.Go(func() {
		if err := r.config.Memory.Used(r.root, e.UID, e.Role, at); err != nil {
			r.config.Log.Warn("the role could not be remembered", "error", err)
		}
	})
}

// measured notes how long something took.
func (r *runner) measured(e Measured) {
	if r.config.Times == nil {
		return
	}
	r.group.Go(func() {
		if err := r.config.Times.Took(r.root, e.Measure, e.Took); err != nil {
			r.config.Log.Warn("a time could not be noted", "measure", e.Measure, "error", err)
		}
	})
}

// end stops everything and waits for it.
func (r *runner) end() {
	for t := range r.timers {
		r.disarm(Timer(t))
	}
	for n := range r.seats {
		r.forget(n, ErrStopping)
	}
	r.cancel(ErrStopping)
	r.group.Wait()
}
