package terminal

import (
	"context"
	"errors"
	"io"
)

// pump sends octets to pressed until ctx or the input ends. On a pipe it reads
// only while a question is open, so that an answer waits for its question.
func (k *keys) pump(ctx context.Context, asking <-chan bool, pressed chan<- byte) error {
	stop := context.AfterFunc(ctx, k.interrupt)
	defer stop()
	open := k.state != nil
	for {
		for !open {
			select {
			case open = <-asking:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		b, err := k.next(ctx)
		switch {
		case errors.Is(err, io.EOF) && k.state == nil:
			<-ctx.Done() // a pipe that has said all: watch on
			return context.Cause(ctx)
		case err != nil:
			return err
		}
		select {
		case pressed <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if k.state == nil {
			select {
			case open = <-asking:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
}
