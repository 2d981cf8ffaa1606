package session

import "time"

// Until is when the maximum time ends the session, whatever happens.
func (s *Session) Until() time.Time { return s.Created.Add(s.MaxAfter) }

// IdleSince is the last use, or the sign-on where there was none.
func (s *Session) IdleSince() time.Time {
	if s.LastUsed.IsZero() {
		return s.Created
	}
	return s.LastUsed
}

// over tells which time ended the session by now, and when; Live if none did.
// slack is how much later than here it may have been used last.
func (s *Session) over(now time.Time, slack time.Duration) (EndReason, time.Time) {
	why, at := MaxTimeout, s.Until()
	if idle := s.IdleSince().Add(s.IdleAfter + slack); idle.Before(at) {
		why, at = IdleTimeout, idle
	}
	if unused := s.Created.Add(s.UnusedFor); s.LastUsed.IsZero() && unused.Before(at) {
		why, at = UnusedTimeout, unused
	}
	if now.Before(at) {
		return Live, time.Time{}
	}
	return why, at
}

// expire ends a live session whose time has passed.
func (s *Session) expire(now time.Time, slack time.Duration) {
	if s.End != Live {
		return
	}
	s.End, s.EndedAt = s.over(now, slack)
}

// err is what a caller is told about the session as it stands.
func (s *Session) err() error {
	switch s.End {
	case Live:
		return nil
	case IdleTimeout, UnusedTimeout, MaxTimeout:
		return ErrTimedOut
	default:
		return ErrEnded
	}
}

// String names the reason for logs and programs.
func (r EndReason) String() string {
	switch r {
	case Live:
		return "live"
	case IdleTimeout:
		return "idle"
	case UnusedTimeout:
		return "unused"
	case MaxTimeout:
		return "maximum"
	case LoggedOut:
		return "logged-out"
	case Destroyed:
		return "destroyed"
	default:
		return "reason-without-name"
	}
}
