package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"lanyard/broker/settings"
	"lanyard/card"
	"lanyard/card/pcsc"
)

// Check tells whether an agent would take the settings: what their file cannot
// know by itself, such as whether the anchors are there.
func Check(s settings.Settings) error {
	p, err := profileOf(s)
	return errors.Join(err, p.Check())
}

// lookFor is how long Readers looks: the service tells what is there at once.
const lookFor = 700 * time.Millisecond

// Readers asks the reader service what is plugged in. The error is
// [card.ErrNoService] or [card.ErrAccess] where it does not answer.
func Readers(ctx context.Context, log *slog.Logger) ([]card.ReaderID, error) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	var found []card.ReaderID
	down := error(card.ErrNoService)
	err := pcsc.NewWatcher(log, new(card.Generations)).Watch(ctx, func(e card.Event) {
		switch e.Kind {
		case card.ServiceUp:
			down = nil
		case card.ServiceDown:
			down = e.Err
			cancel()
		case card.ReaderAdded:
			found = append(found, e.Reader)
		}
	})
	if ctx.Err() == nil {
		return nil, err
	}
	return found, down
}
