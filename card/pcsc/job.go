package pcsc

import (
	"sync"
	"time"
)

// job is one thing the worker does. Until it is committed the caller may give
// it up and nothing has happened; afterwards the card has the command.
type job struct {
	run    func(*link) ([]byte, error) // nil only takes or gives back the card
	apdu   []byte                      // the command in it, which is wiped
	limit  time.Duration               // how long it may take, where not as any command
	series bool                        // belongs to the transaction that is held already
	give   bool                        // gives the card back

	mu        sync.Mutex
	stage     stage
	committed chan struct{} // closed when the job cannot be given up any more
	done      chan struct{} // closed when answer and err are set
	answer    []byte
	err       error
}

type stage int

const (
	waiting stage = iota
	committed
	givenUp
)

func newJob() *job {
	return &job{committed: make(chan struct{}), done: make(chan struct{})}
}

// commit tells the caller that it is too late; false means that it gave up.
func (j *job) commit() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stage == givenUp {
		return false
	}
	j.stage = committed
	close(j.committed)
	return true
}

// giveUp takes the job back; false means that it is too late.
func (j *job) giveUp() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stage == committed {
		return false
	}
	j.stage = givenUp
	return true
}

// finish sets the result. It counts as committed: the result is there.
func (j *job) finish(answer []byte, err error) {
	j.mu.Lock()
	if j.stage == waiting {
		j.stage = committed
		close(j.committed)
	}
	j.mu.Unlock()
	j.answer, j.err = answer, err
	close(j.done)
}
