package ui

import (
	"context"

	"lanyard/broker/agent"
)

// requests is the queue of what the person asks of the agent, which may be at
// work: the toolkit's goroutine never waits for it.
type requests struct{ *queue[agent.Request] }

func newRequests() *requests { return &requests{newQueue[agent.Request]()} }

// run hands requests in until ctx ends. What was not handed in by then is
// wiped. told hears of each that was handed in, with an error if it no longer
// fitted.
func (r *requests) run(ctx context.Context, desk agent.Desk, told func(agent.Request, error)) {
	defer r.wipe()
	for {
		for _, q := range r.take() {
			if err := desk.Do(ctx, q); ctx.Err() == nil {
				told(q, err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-r.wake:
		}
	}
}

// wipe drops what is left.
func (r *requests) wipe() {
	for _, q := range r.take() {
		switch q := q.(type) {
		case agent.SubmitPIN:
			q.PIN.Wipe()
		case agent.ChangePIN:
			q.Old.Wipe()
			q.New.Wipe()
		case agent.Unblock:
			q.PUK.Wipe()
			q.New.Wipe()
		}
	}
}
