package ui

import "sync"

// queue is what is to be done in turn by a goroutine beside the toolkit's,
// which never waits for it.
type queue[T any] struct {
	wake chan struct{} // holds a value while something is to be taken

	mu  sync.Mutex
	all []T
}

func newQueue[T any]() *queue[T] { return &queue[T]{wake: make(chan struct{}, 1)} }

// put adds something.
func (q *queue[T]) put(v T) {
	q.mu.Lock()
	q.all = append(q.all, v)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns all there is.
func (q *queue[T]) take() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.all
	q.all = nil
	return all
}

// waits tells whether something is still to be taken.
func (q *queue[T]) waits() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.all) > 0
}
