package card

import (
	"context"
	"errors"
	"fmt"
)

// Openers tries one opener after the other until one knows the card's kind.
type Openers []Opener

// Open returns the first token that is not [ErrUnsupported], or the last error
// that tells more than that, or [ErrUnsupported].
func (o Openers) Open(ctx context.Context, ev Event) (Token, error) {
	best := fmt.Errorf("card with ATR %s: %w", ev.ATR, ErrUnsupported)
	for _, opener := range o {
		token, err := opener.Open(ctx, ev)
		switch {
		case err == nil:
			return token, nil
		case errors.Is(err, ErrModuleMissing):
			best = err // says what would help
		case !errors.Is(err, ErrUnsupported):
			return nil, err
		}
	}
	return nil, best
}
