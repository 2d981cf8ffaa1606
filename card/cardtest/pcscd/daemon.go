package pcscd

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"sync"
)

// Daemon is a running look-alike.
type Daemon struct {
	path string

	mu         sync.Mutex
	unlocked   *sync.Cond // a transaction ended or a client went
	listener   net.Listener
	clients    map[*client]struct{}
	readers    []*reader
	faults     []*Fault
	counts     map[Command]int
	onTransmit func(reader string, apdu []byte)

	running sync.WaitGroup
}

// Start starts a daemon on a socket path, which must not be longer than a
// socket's name may be. A socket left over there is replaced.
func Start(path string) (*Daemon, error) {
	d := &Daemon{path: path, clients: map[*client]struct{}{}, counts: map[Command]int{}}
	d.unlocked = sync.NewCond(&d.mu)
	if err := d.Restart(); err != nil {
		return nil, err
	}
	return d, nil
}

// Restart starts a stopped daemon again: its readers and cards are as they
// were, its clients are gone.
func (d *Daemon) Restart() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		return errors.New("pcscd: runs already")
	}
	if err := os.Remove(d.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("pcscd: make room for the socket: %w", err)
	}
	l, err := net.Listen("unix", d.path)
	if err != nil {
		return fmt.Errorf("pcscd: %w", err)
	}
	for _, r := range d.readers {
		r.restart()
	}
	d.listener = l
	d.running.Go(func() { d.accept(l) })
	return nil
}

// Stop closes the socket, removes it and hangs up on every client, as a
// service that is stopped or killed does. It is safe to call twice.
func (d *Daemon) Stop() {
	d.mu.Lock()
	if l := d.listener; l != nil {
		d.listener = nil
		// Closing removes the socket, too.
		_ = l.Close()
	}
	for c := range d.clients {
		_ = c.conn.Close()
	}
	d.unlocked.Broadcast()
	d.mu.Unlock()
	d.running.Wait()
}

func (d *Daemon) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		c := &client{d: d, conn: conn, handles: map[uint32]*handle{}}
		d.mu.Lock()
		if d.listener != l {
			d.mu.Unlock()
			_ = conn.Close()
			return
		}
		d.clients[c] = struct{}{}
		d.mu.Unlock()
		d.running.Go(c.serve)
	}
}

// signal tells every waiting client that something changed. The caller holds
// the lock.
func (d *Daemon) signal() {
	for c := range d.clients {
		if c.waiting {
			c.waiting = false
			c.write(encode(waitMsg{RV: Success}))
		}
	}
}

// number returns a random handle, as the service gives them out.
func number() uint32 { return rand.Uint32()>>1 | 1 }
