package pcscd

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
)

// client is one connection of libpcsclite; it has one context for each.
type client struct {
	d    *Daemon
	conn net.Conn

	// Guarded by the daemon's lock, as every write to the connection is: an
	// event may be signalled between an answer's request and the answer.
	context uint32
	waiting bool
	handles map[uint32]*handle
}

// serve answers until the client goes away or breaks the protocol.
func (c *client) serve() {
	defer c.close()
	for {
		var h header
		if err := c.read(&h); err != nil {
			return
		}
		if h.Size > maxTransfer {
			return
		}
		body := make([]byte, h.Size)
		if _, err := io.ReadFull(c.conn, body); err != nil {
			return
		}
		f := c.d.fault(h.Command)
		if f.Do != nil {
			f.Do()
		}
		if f.Hangup {
			return
		}
		if err := c.answer(h.Command, body, f); err != nil {
			return
		}
	}
}

// close gives back what the client held. A transaction it left open is ended
// with a reset, as the service does.
func (c *client) close() {
	_ = c.conn.Close()
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	delete(c.d.clients, c)
	c.release()
}

// release drops the context and its handles. The caller holds the lock.
func (c *client) release() {
	for id, h := range c.handles {
		r := h.reader
		if r.lock == h {
			r.reset(h)
		}
		c.forget(id)
	}
	c.context = 0
}

// forget drops one handle. The caller holds the lock.
func (c *client) forget(id uint32) {
	h := c.handles[id]
	r := h.reader
	delete(c.handles, id)
	delete(r.handles, id)
	if r.lock == h {
		r.lock, r.depth = nil, 0
		c.d.unlocked.Broadcast()
	}
	if r.sharing == sharedExclusively {
		r.sharing = 0
	} else if r.sharing > 0 {
		r.sharing--
	}
	c.d.signal()
}

func (c *client) read(msg any) error { return binary.Read(c.conn, binary.NativeEndian, msg) }

// write sends under the daemon's lock. A client that does not read cannot
// block it for long: a message is smaller than a socket's buffer, and only
// the answer to a command can be larger.
func (c *client) write(b []byte) {
	// A client that is gone is noticed when it is read from.
	_, _ = c.conn.Write(b)
}

// answer answers one request. An error ends the connection.
func (c *client) answer(cmd Command, body []byte, f Fault) error {
	switch cmd {
	case Version:
		return reply(c, body, func(m *versionMsg) { c.version(m, f) })
	case EstablishContext:
		return reply(c, body, func(m *establishMsg) { c.establish(m, f) })
	case ReleaseContext:
		return reply(c, body, func(m *releaseMsg) { c.releaseContext(m, f) })
	case Cancel:
		return reply(c, body, func(m *handleMsg) { c.cancel(m, f) })
	case GetReadersState, WaitStateChange, StopWaiting:
		c.states(cmd)
		return nil
	case Connect:
		return reply(c, body, func(m *connectMsg) { c.connect(m, f) })
	case Reconnect:
		return reply(c, body, func(m *reconnectMsg) { c.reconnect(m, f) })
	case Disconnect:
		return reply(c, body, func(m *disposeMsg) { c.disconnect(m, f) })
	case BeginTransaction:
		return reply(c, body, func(m *handleMsg) { c.begin(m, f) })
	case EndTransaction:
		return reply(c, body, func(m *disposeMsg) { c.end(m, f) })
	case Status:
		return reply(c, body, func(m *handleMsg) { c.status(m, f) })
	case GetAttrib, SetAttrib:
		return reply(c, body, func(m *attribMsg) { c.attrib(m, f) })
	case Transmit:
		return c.transmit(body, f)
	case Control:
		return c.control(body, f)
	default:
		return fmt.Errorf("pcscd: command 0x%X is not of this protocol", uint32(cmd))
	}
}

// reply reads a request, lets f change it into the answer under the daemon's
// lock, and sends it back.
func reply[T any](c *client, body []byte, f func(*T)) error {
	var m T
	if err := decode(body, &m); err != nil {
		return err
	}
	c.d.mu.Lock()
	defer c.d.mu.Unlock()
	f(&m)
	c.write(encode(m))
	return nil
}

// decode refuses a request of another size, as the service does.
func decode(body []byte, msg any) error {
	if len(body) != binary.Size(msg) {
		return fmt.Errorf("pcscd: request of %d octets, want %d", len(body), binary.Size(msg))
	}
	return binary.Read(bytes.NewReader(body), binary.NativeEndian, msg)
}
