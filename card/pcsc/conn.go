package pcsc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"lanyard/card"
)

// Time limits of a connection.
const (
	busyLimit    = 5 * time.Second  // to get the card from another program
	commandLimit = 15 * time.Second // for one command: a slow card's RSA key takes 2 s
	idleLimit    = time.Second      // to hold the card without sending anything
	hangUpLimit  = 2 * time.Second  // to wait for the service when giving the card back
)

// maxCommand is the longest extended command: header, length and data of
// 65535 octets, expected length.
const maxCommand = 4 + 3 + 65535 + 2

type limits struct{ busy, command, keypad, idle, hangUp time.Duration }

// Conn is a connection to one inserted card, shared with other programs. It
// ends with the card: after a removal every method returns [card.ErrRemoved].
//
// Its methods may be called from several goroutines. A series between Begin
// and End waits for another one's End; a Transmit of somebody else in the
// middle of a series becomes part of it.
type Conn struct {
	reader card.ReaderID
	gen    card.Generation
	w      *worker
	limits limits
	turn   chan struct{} // holds one value while somebody has the transaction
	held   atomic.Bool   // between Begin and End
}

// Connect connects to the card in a reader. The generation is the one under
// which the card was reported; it is kept for the caller's comparisons.
//
// Errors: [card.ErrBusy] where another program has the card to itself,
// [card.ErrNoCard], [card.ErrNoReader], [card.ErrMute], [card.ErrUnsupported],
// [card.ErrNoService], [card.ErrAccess]; the context's cause, and
// [card.ErrTimeout] for its deadline. Disconnect gives the card back.
func Connect(ctx context.Context, reader card.ReaderID, gen card.Generation) (*Conn, error) {
	return connect(ctx, reader, gen, limits{busyLimit, commandLimit, keypadLimit, idleLimit, hangUpLimit})
}

func connect(ctx context.Context, reader card.ReaderID, gen card.Generation, lim limits) (*Conn, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx, "connect to the card")
	}
	w := &worker{
		idle: lim.idle,
		jobs: make(chan *job),
		quit: make(chan struct{}),
		gone: make(chan struct{}),
	}
	dialled := make(chan error, 1)
	go func() {
		l, err := dial(reader)
		dialled <- err
		if err != nil {
			close(w.gone)
			return
		}
		w.link = l
		w.run()
	}()
	select {
	case err := <-dialled:
		if err != nil {
			return nil, err
		}
		return &Conn{reader: reader, gen: gen, w: w, limits: lim, turn: make(chan struct{}, 1)}, nil
	case <-ctx.Done():
		// The worker gives the card back as soon as it has it.
		err := ended(ctx, "connect to the card")
		w.stop(err, false)
		return nil, err
	}
}

// Reader returns the reader's name.
func (c *Conn) Reader() card.ReaderID { return c.reader }

// Generation returns the generation the connection was made for.
func (c *Conn) Generation() card.Generation { return c.gen }

// Transmit sends one command and returns the answer with its status word. The
// card is taken for this command, or for the series between Begin and End.
//
// Nothing was sent when the error is [card.ErrBusy] (another program has the
// card), [card.ErrReset] (another program reset it: it was in the state after
// a reset, or the series was idle for a second and the card was given back)
// or the end of ctx before the command was sent. With any other error it is
// not known what the card made of the command.
//
// A command that takes longer than 15 s or than ctx allows cannot be taken
// back. The connection is over then: it returns [card.ErrTimeout] or the
// context's cause, every later call the same, and the card is reset and given
// back when the service returns from the call.
func (c *Conn) Transmit(ctx context.Context, apdu []byte) ([]byte, error) {
	if len(apdu) < 4 || len(apdu) > maxCommand {
		return nil, fmt.Errorf("a command has 4 to %d octets, not %d", maxCommand, len(apdu))
	}
	j := newJob()
	// The caller may wipe its octets while a call that hangs still has them.
	j.apdu = append(card.SecretBuffer(len(apdu)), apdu...) // it may carry a PIN
	j.run = func(l *link) ([]byte, error) { return l.transmit(j.apdu) }
	if err := c.send(ctx, j, "send a command to the card"); err != nil {
		return nil, err
	}
	return j.answer, nil
}

// send does a job within the series that is under way, or by itself.
func (c *Conn) send(ctx context.Context, j *job, op string) error {
	if j.series = c.held.Load(); !j.series {
		if err := c.takeTurn(ctx, op); err != nil {
			return err
		}
		defer c.giveTurn()
	}
	return c.do(ctx, j, op)
}

// Begin takes the card for a series of commands: until End no other program
// gets at it. It waits 5 s at most for a program that has it, then it returns
// [card.ErrBusy]; it returns [card.ErrReset] where another program reset the
// card since the last command. Nothing is held then.
//
// Never ask a person between Begin and End: a series in which nothing is sent
// for a second is ended, and its later commands return [card.ErrReset].
func (c *Conn) Begin(ctx context.Context) error {
	const op = "take the card"
	if err := c.takeTurn(ctx, op); err != nil {
		return err
	}
	if err := c.do(ctx, newJob(), op); err != nil {
		c.giveTurn()
		return err
	}
	c.held.Store(true)
	return nil
}

// takeTurn keeps the users of this connection apart: PC/SC counts transactions
// for each connection and would let them all in.
func (c *Conn) takeTurn(ctx context.Context, op string) error {
	busy := time.NewTimer(c.limits.busy)
	defer busy.Stop()
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ended(ctx, op)
	case <-busy.C:
		return fmt.Errorf("%s: %w", op, card.ErrBusy)
	}
}

func (c *Conn) giveTurn() { <-c.turn }

// End gives the card back to the other programs. It is safe after a removal.
func (c *Conn) End() {
	if !c.held.Swap(false) {
		return
	}
	defer c.giveTurn()
	j := newJob()
	j.give = true
	ctx, cancel := context.WithTimeout(context.Background(), c.limits.hangUp)
	defer cancel()
	// Where this fails the connection is over, and the card was given back
	// with it.
	_ = c.do(ctx, j, "give the card back")
}

// Exclusive runs a short series of commands between Begin and End.
func (c *Conn) Exclusive(ctx context.Context, series func(ctx context.Context) error) error {
	if err := c.Begin(ctx); err != nil {
		return err
	}
	defer c.End()
	return series(ctx)
}

// errDisconnected is what a call gets after Disconnect.
var errDisconnected = errors.New("the connection to the card was closed")

// Disconnect gives the card back, after a reset if reset is set: that drops
// the PIN state of every card. It waits 2 s for a call on its way and returns
// [card.ErrTimeout] after that; the card is given back when the call returns.
// It is safe to call twice and after a removal.
func (c *Conn) Disconnect(reset bool) error {
	c.w.stop(errDisconnected, reset)
	t := time.NewTimer(c.limits.hangUp)
	defer t.Stop()
	select {
	case <-c.w.gone:
		return nil
	case <-t.C:
		return fmt.Errorf("give the card back: %w: the card reader service hangs", card.ErrTimeout)
	}
}

// do has the worker do a job. It gives the job up as long as nothing was sent,
// and the connection afterwards.
func (c *Conn) do(ctx context.Context, j *job, op string) error {
	if err := c.submit(ctx, j, op); err != nil {
		return err
	}
	if j.apdu == nil {
		// Nothing is on its way to the card.
		<-j.done
		return j.err
	}
	allowed := cmp.Or(j.limit, c.limits.command)
	limit := time.NewTimer(allowed)
	defer limit.Stop()
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return c.abandon(j, ended(ctx, op))
	case <-limit.C:
		return c.abandon(j, fmt.Errorf("%s: %w: no answer within %v", op, card.ErrTimeout, allowed))
	}
}

// submit waits until the worker has committed itself to the job.
func (c *Conn) submit(ctx context.Context, j *job, op string) error {
	busy := time.NewTimer(c.limits.busy)
	defer busy.Stop()
	if ctx.Err() != nil {
		return ended(ctx, op)
	}
	select {
	case c.w.jobs <- j:
	case <-c.w.quit:
		return c.w.why()
	case <-ctx.Done():
		return ended(ctx, op)
	case <-busy.C:
		return fmt.Errorf("%s: %w", op, card.ErrBusy)
	}
	err := fmt.Errorf("%s: %w", op, card.ErrBusy)
	select {
	case <-j.committed:
		return nil
	case <-c.w.quit:
		err = c.w.why()
	case <-ctx.Done():
		err = ended(ctx, op)
	case <-busy.C:
	}
	if j.giveUp() {
		return err
	}
	return nil
}

// abandon ends a connection whose command is on its way. A result that came
// at the same moment is used.
func (c *Conn) abandon(j *job, err error) error {
	select {
	case <-j.done:
		return j.err
	default:
	}
	c.w.stop(err, true)
	return err
}

// ended returns the cause of a context's end; a deadline is a time-out.
func ended(ctx context.Context, op string) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w: %w", op, card.ErrTimeout, cause)
	}
	return fmt.Errorf("%s: %w", op, cause)
}
