package pcscd

func (c *client) connect(m *connectMsg, f Fault) {
	if m.RV = f.Code; m.RV != Success {
		return
	}
	r := c.d.find(cString(m.Reader[:]))
	switch {
	case c.context == 0 || c.context != m.Context:
		m.RV = InvalidHandle
	case r == nil:
		m.RV = UnknownReader
	case r.sharing == sharedExclusively, m.Share == shareExclusive && r.sharing > 0:
		m.RV = SharingViolation
	default:
		m.RV = r.usable(m.Share, m.Preferred)
	}
	if m.RV != Success {
		return
	}
	h := &handle{id: number(), reader: r}
	c.handles[h.id], r.handles[h.id] = h, h
	if m.Share == shareExclusive {
		r.sharing = sharedExclusively
	} else {
		r.sharing++
	}
	m.Handle, m.Active = h.id, r.protocol
	c.d.signal()
}

// usable tells whether there is a card to connect to.
func (r *reader) usable(share, preferred uint32) uint32 {
	switch {
	case share == shareDirect:
		return Success
	case share != shareShared && share != shareExclusive:
		return InvalidValue
	case !r.present():
		return NoSmartcard
	case r.mute:
		return UnresponsiveCard
	default:
		return r.negotiate(preferred)
	}
}

// negotiate chooses a protocol. What was chosen stays until the card is reset.
func (r *reader) negotiate(preferred uint32) uint32 {
	if r.protocol == 0 {
		for _, p := range protocols(r.card.ATR()) {
			if p&preferred != 0 {
				r.protocol = p
				break
			}
		}
	}
	if r.protocol&preferred == 0 {
		return ProtoMismatch
	}
	return Success
}

func (c *client) reconnect(m *reconnectMsg, f Fault) {
	h := c.check(m.Handle, f, &m.RV)
	if h == nil {
		return
	}
	r := h.reader
	if r.present() && !r.mute && (m.Init == resetCard || m.Init == unpowerCard) {
		r.reset(h)
	}
	if m.RV = r.usable(m.Share, m.Preferred); m.RV != Success {
		return
	}
	h.event = Success
	m.Active = r.protocol
}

func (c *client) disconnect(m *disposeMsg, f Fault) {
	if m.RV = f.Code; m.RV != Success {
		return
	}
	h := c.handles[m.Handle]
	switch {
	case h == nil:
		m.RV = InvalidHandle
		return
	case h.gone:
		m.RV = InvalidValue
		return
	}
	r := h.reader
	if m.Disposition != leaveCard {
		// Nobody's transaction is broken by a reset.
		for r.lock != nil && r.lock != h && c.d.listener != nil {
			c.d.unlocked.Wait()
		}
		r.reset(h)
	}
	c.forget(m.Handle)
}

// check finds a handle that may be used now: not another one's transaction.
func (c *client) check(id uint32, f Fault, rv *uint32) *handle {
	*rv = f.Code
	if *rv != Success {
		return nil
	}
	h := c.handles[id]
	switch {
	case h == nil:
		*rv = InvalidHandle
	case h.gone:
		*rv = InvalidValue
	case h.reader.lock != nil && h.reader.lock != h:
		*rv = SharingViolation
	default:
		return h
	}
	return nil
}

// ready is check with what the client must be told first: that the card was
// reset or taken out.
func (c *client) ready(id uint32, f Fault, rv *uint32) *handle {
	h := c.check(id, f, rv)
	if h == nil {
		return nil
	}
	if h.event != Success {
		*rv = h.event
		return nil
	}
	return h
}

func (c *client) begin(m *handleMsg, f Fault) {
	if h := c.ready(m.Handle, f, &m.RV); h != nil {
		h.reader.lock = h
		h.reader.depth++
	}
}

func (c *client) end(m *disposeMsg, f Fault) {
	h := c.ready(m.Handle, f, &m.RV)
	if h == nil {
		return
	}
	r := h.reader
	if r.lock != h {
		m.RV = NotTransacted
		return
	}
	if m.Disposition != leaveCard {
		r.reset(h)
	}
	if r.depth--; r.depth == 0 {
		r.lock = nil
		c.d.unlocked.Broadcast()
	}
}

func (c *client) status(m *handleMsg, f Fault) { c.ready(m.Handle, f, &m.RV) }

// attrib: the driver behind vpcd knows no attributes, and neither does this.
func (c *client) attrib(m *attribMsg, f Fault) {
	if c.ready(m.Handle, f, &m.RV) != nil {
		m.RV = UnsupportedFeature
	}
}
