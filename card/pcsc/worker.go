package pcsc

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"lanyard/card"
)

// worker is the goroutine of a connection. It does one job after the other and
// gives the card back when it is told to or when the card is gone.
type worker struct {
	link *link
	idle time.Duration // how long a transaction is held without a command
	jobs chan *job
	quit chan struct{}
	gone chan struct{} // closed when the card was given back

	forgotten *time.Timer // runs while a transaction is held and nothing is sent

	mu     sync.Mutex
	cause  error // why there is no connection any more
	reset  bool  // reset the card when giving it back
	closed bool
}

// stop tells the worker to give the card back, for a reason that later calls
// are told. The first reason counts.
func (w *worker) stop(cause error, reset bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reset = w.reset || reset
	if !w.closed {
		w.closed, w.cause = true, cause
		close(w.quit)
	}
}

// why returns the reason of the end.
func (w *worker) why() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cause
}

func (w *worker) run() {
	defer close(w.gone)
	defer func() {
		w.mu.Lock()
		reset := w.reset
		w.mu.Unlock()
		w.link.hangUp(reset)
	}()
	w.forgotten = time.NewTimer(w.idle)
	defer w.forgotten.Stop()
	for {
		w.watchIdle()
		select {
		case <-w.quit:
			return
		case j := <-w.jobs:
			w.do(j)
		case <-w.forgotten.C:
			w.link.end()
		}
	}
}

// watchIdle starts the clock of a transaction in which nothing is sent: a
// person may be thinking, and other programs wait.
func (w *worker) watchIdle() {
	if w.link.locked {
		w.forgotten.Reset(w.idle)
	} else {
		w.forgotten.Stop()
	}
}

// errGivenBack is what a command gets that comes too late in a series.
var errGivenBack = errors.New("the card was given back in the middle of a series")

func (w *worker) do(j *job) {
	answer, err := w.work(j)
	clear(j.apdu)
	if lost(err) {
		w.stop(err, false)
	}
	j.finish(answer, err)
}

func (w *worker) work(j *job) ([]byte, error) {
	switch {
	case j.give:
		w.link.end()
		return nil, nil
	case j.series && !w.link.locked:
		return nil, fmt.Errorf("%w: %w", card.ErrReset, errGivenBack)
	case !j.series:
		if err := w.link.begin(); err != nil {
			return nil, err
		}
	}
	if !j.commit() {
		w.link.end()
		return nil, nil
	}
	if j.run == nil {
		return nil, nil
	}
	if !j.series {
		defer w.link.end()
	}
	return j.run(w.link)
}

// lost tells whether an error is the end of the connection.
func lost(err error) bool {
	return errors.Is(err, card.ErrRemoved) || errors.Is(err, card.ErrNoService) ||
		errors.Is(err, card.ErrNoReader) || errors.Is(err, card.ErrNoCard)
}
