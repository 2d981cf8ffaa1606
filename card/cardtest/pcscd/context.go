package pcscd

// version tells the protocol; another one is refused.
func (c *client) version(m *versionMsg, f Fault) {
	m.RV = f.Code
	if m.Major != versionMajor || m.Minor != versionMinor {
		m.RV = ServiceStopped
	}
	m.Major, m.Minor = versionMajor, versionMinor
}

func (c *client) establish(m *establishMsg, f Fault) {
	if m.RV = f.Code; m.RV != Success {
		return
	}
	c.context = number()
	m.Context = c.context
}

func (c *client) releaseContext(m *releaseMsg, f Fault) {
	switch {
	case f.Code != Success:
		m.RV = f.Code
	case c.context == 0:
		m.RV = InvalidHandle
	case c.context != m.Context:
		m.RV = InvalidValue
	default:
		c.release()
		m.RV = Success
	}
}

// cancel ends the wait of another connection's context. It is an error when
// that one does not wait.
func (c *client) cancel(m *handleMsg, f Fault) {
	if m.RV = f.Code; m.RV != Success {
		return
	}
	m.RV = InvalidHandle
	for other := range c.d.clients {
		if other.context == m.Handle && other.waiting {
			other.waiting = false
			other.write(encode(waitMsg{RV: Cancelled}))
			m.RV = Success
			return
		}
	}
}

// states answers the three requests about readers. One that begins to wait is
// sent the state in the same breath, so that no event is lost between; one
// that stops is answered only when no event was sent to it before.
func (c *client) states(cmd Command) {
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	switch cmd {
	case WaitStateChange:
		c.waiting = true
		c.write(c.d.states())
	case GetReadersState:
		c.write(c.d.states())
	case StopWaiting:
		if c.waiting {
			c.waiting = false
			c.write(encode(waitMsg{RV: Success}))
		}
	}
}
