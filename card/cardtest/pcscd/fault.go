package pcscd

// A Fault changes what happens at one command. The zero value changes nothing.
type Fault struct {
	Command Command // the kind it waits for
	N       int     // which one of that kind from now on; 0 and 1 are the next
	// Code is the return value the client gets instead of an answer.
	Code uint32
	// Lost lets the card have the command before Code is returned: what it
	// did is done, and the client does not know.
	Lost bool
	// Hangup closes the connection instead of answering.
	Hangup bool
	// Do is called first, outside of every lock: to pull the card, to wait.
	Do func()
}

// Fail arms a fault. Several may be armed; each happens once.
func (d *Daemon) Fail(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, &f)
}

// Count returns how many commands of a kind were received since the start.
func (d *Daemon) Count(c Command) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts[c]
}

// OnTransmit calls f with every command to a card before the card has it.
func (d *Daemon) OnTransmit(f func(reader string, apdu []byte)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onTransmit = f
}

// fault counts a command and returns the fault that is due, or one that
// changes nothing.
func (d *Daemon) fault(c Command) Fault {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[c]++
	due := Fault{}
	kept := d.faults[:0]
	for _, f := range d.faults {
		if f.Command == c {
			f.N--
			if f.N <= 0 && due.Command == 0 {
				due = *f
				continue
			}
		}
		kept = append(kept, f)
	}
	d.faults = kept
	return due
}
