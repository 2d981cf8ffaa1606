package agent

import (
	"slices"
	"time"

	"lanyard/broker/failure"
	"lanyard/card"
)

// Snapshot is what a desk shows of the state, without its number.
func (s State) Snapshot() Snapshot {
	shot := Snapshot{
		Phase:       s.Phase(),
		Problem:     s.problem,
		Environment: s.rules.Environment,
		Mode:        s.rules.Mode,
		Readers:     slices.Clone(s.readers),
		Card:        s.cardView(),
		PINWanted:   s.takesPIN(),
		NextTry:     s.nextTry(),
		Links:       s.links(),
		Unlock:      s.unlock,
		Owed:        len(s.owed),
		Looking:     !s.looked,
		Care:        s.careView(),
		Keypad:      s.keypadView(),
	}
	if shot.Phase == NoReader && shot.Problem == nil && s.looked {
		shot.Problem = s.service
		if shot.Problem == nil {
			shot.Problem = &Problem{Code: failure.ReaderNone, Retries: -1}
		}
	}
	if on := s.on.on; s.on.serial != 0 && on != nil {
		shot.UID, shot.UserName = on.UID, on.CN
		shot.Roles = slices.Clone(s.on.roles)
		shot.Role = s.role()
		shot.RoleMode = s.on.mode
		shot.Since, shot.Until = s.on.since, s.on.until
		shot.Grants = slices.Clone(s.on.grants)
	}
	if s.usable() {
		shot.Places = s.on.places
		shot.Places.Others = slices.Clone(s.on.places.Others)
	}
	return shot
}

// cardView is the card that counts.
func (s State) cardView() *CardView {
	if s.use.stage == noCard {
		return nil
	}
	v := &CardView{Gen: s.use.gen(), Reader: s.use.event.Reader, Retries: -1}
	f := s.use.facts
	v.Certs = slices.Clone(f.Certs)
	switch s.use.stage {
	case ready:
		v.Keypad = f.Keypad > 0
		v.Token, v.Label, v.UID, v.Retries, v.Virtual = f.Token, f.Label, f.UID, f.Retries, f.Virtual
		if f.Key.Cert != nil {
			v.Expires = f.Key.Cert.NotAfter
		}
	case unusable:
		v.Token, v.Label, v.Virtual, v.Expires = f.Token, f.Label, f.Virtual, lastEnd(f.Certs)
	}
	return v
}

// lastEnd is when the last of the certificates for signing on ends.
func lastEnd(certs []CertView) (end time.Time) {
	for _, c := range certs {
		if c.Purpose == card.Authentication && c.Until.After(end) {
			end = c.Until
		}
	}
	return end
}

// careView is what can be done to the card that counts.
func (s State) careView() Care {
	c, f := s.use.care, s.use.facts
	v := Care{Busy: c.busy, Done: c.done, Refused: c.refused, Problem: c.problem}
	if s.use.stage == ready {
		v.CanChange, v.CanUnblock = f.CanChange && f.Retries != 0, f.CanUnblock
	}
	return v
}

// keypadView is what the reader waits for.
func (s State) keypadView() *KeypadView {
	if !s.onKeys() || s.try.until.IsZero() {
		return nil
	}
	return &KeypadView{Until: s.try.until}
}

// role is the selected one.
func (s State) role() *RoleView {
	for _, r := range s.on.roles {
		if r.ID == s.on.role {
			return &r
		}
	}
	return nil
}

// nextTry is when the agent tries again by itself, zero where it does not.
func (s State) nextTry() time.Time {
	next := s.due[FetchTimer]
	also := []Timer{SelectTimer, CardTimer}
	if s.on.offline {
		also = append(also, AliveTimer)
	}
	for _, t := range also {
		if d := s.due[t]; !d.IsZero() && (next.IsZero() || d.Before(next)) {
			next = d
		}
	}
	return next
}

// links is the chain as far as it is known: what lies behind a broken link was
// not reached.
func (s State) links() Links {
	var l Links
	switch {
	case s.service != nil, len(s.readers) == 0:
		l.Reader = LinkBroken
	default:
		l.Reader = LinkOK
	}
	switch s.use.stage {
	case ready:
		l.Card = LinkOK
	case unusable:
		l.Card = LinkBroken
	}
	if !s.contact {
		return l
	}
	switch {
	case s.trouble == "":
		l.Network, l.Server, l.Directory = LinkOK, LinkOK, LinkOK
	case s.trouble == failure.DirectoryDown, s.trouble == failure.StoreDown:
		l.Network, l.Server, l.Directory = LinkOK, LinkOK, LinkBroken
	case network(s.trouble):
		l.Network = LinkBroken
	default:
		l.Network, l.Server = LinkOK, LinkBroken
	}
	return l
}
