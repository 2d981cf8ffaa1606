package agent

// waitsForKeys tells whether an attempt waits for the reader's keys to begin.
func (s State) waitsForKeys() bool {
	return s.try.kind != noAttempt && s.try.stage == asking && s.use.facts.Keypad > 0 && s.use.care.busy == NoCare
}

// heldOnKeys tells whether the reader's keys begin when a person asks for the
// PIN, and not before: a try was refused or came to nothing.
func (s State) heldOnKeys() bool {
	return s.waitsForKeys() && s.use.hold && !s.try.keys && s.use.facts.Retries != 1
}

// askOnKeys has the reader ask for the PIN on its own keys once challenge and
// card are ready. After a try that was refused or came to nothing, and for the
// last try, a person must have asked.
func (m *move) askOnKeys() {
	if !m.waitsForKeys() {
		return
	}
	if !m.try.keys && (m.use.hold || m.use.facts.Retries == 1) {
		return
	}
	if !m.fresh() {
		m.fetch()
		return
	}
	m.try.keys = false
	m.sign(nil)
}

// keysBegun notes until when the reader waits: it may ask twice.
func (m *move) keysBegun(in KeysBegun) {
	if in.Seat == m.use.seat && m.onKeys() {
		m.try.until = m.now.Add(m.use.facts.Keypad)
	}
}
