package agent

import (
	"testing"
	"time"

	"lanyard/broker/failure"
	"lanyard/card"
)

// TestNothingIsSaidBeforeTheReadersWereLookedAt: an agent that has just begun
// does not tell people to plug a reader in.
func TestNothingIsSaidBeforeTheReadersWereLookedAt(t *testing.T) {
	s := NewState(Rules{}, 1)
	if shot := s.Snapshot(); !shot.Looking || shot.Problem != nil {
		t.Errorf("at the start: looking %v, problem %+v", shot.Looking, shot.Problem)
	}
	s, _ = Step(s, CardEvent{card.Event{Kind: card.ServiceUp}}, time.Unix(1, 0))
	if shot := s.Snapshot(); shot.Looking || shot.Problem == nil || shot.Problem.Code != failure.ReaderNone {
		t.Errorf("without a reader: looking %v, problem %+v", shot.Looking, shot.Problem)
	}
}
