package session

import (
	"context"
	"fmt"
	"time"
)

// UseOnce marks something as used, such as a challenge, and remembers the mark
// until a time. [ErrExists] where it was used before; any other error means
// that the mark may or may not have been made, so the use must be refused.
func (s *Service) UseOnce(ctx context.Context, mark string, until time.Time) error {
	if err := s.store.Create(ctx, Record{Key: keyOfMark(mark), Expires: until}); err != nil {
		return fmt.Errorf("mark as used: %w", err)
	}
	s.expects(until)
	return nil
}
