package terminal

import (
	"context"
	"fmt"
	"io"
	"os"

	"lanyard/card"
)

// Secret asks for a passcode or PUK on a terminal, echoing dots, or takes a
// line of a pipe. Escape, Ctrl+C and the end of the input are
// [card.ErrCancelled]. The caller wipes what it returns.
func Secret(ctx context.Context, in *os.File, out io.Writer, label string) (*card.PIN, error) {
	k, err := openKeys(in)
	if err != nil {
		return nil, fmt.Errorf("open the terminal: %w", err)
	}
	defer k.close()
	stop := context.AfterFunc(ctx, k.interrupt)
	defer stop()
	_, _ = fmt.Fprintf(out, "%s: ", label)
	defer func() { _, _ = fmt.Fprintln(out) }()

	typed := card.SecretBuffer(64)
	pin := func() *card.PIN { return card.NewPIN(typed) }
	for {
		b, err := k.next(ctx)
		if err == io.EOF && len(typed) > 0 {
			return pin(), nil
		}
		if err != nil {
			pin().Wipe()
			if err == io.EOF {
				err = card.ErrCancelled
			}
			return nil, err
		}
		switch {
		case b == '\r' || b == '\n':
			return pin(), nil
		case b == 0x03 || b == 0x1b:
			pin().Wipe()
			return nil, card.ErrCancelled
		case b == 0x7f || b == 0x08:
			if n := len(typed); n > 0 {
				typed[n-1] = 0
				typed = typed[:n-1]
				_, _ = fmt.Fprint(out, "\b \b")
			}
		case b >= 0x20 && len(typed) < cap(typed):
			typed = append(typed, b)
			_, _ = fmt.Fprint(out, "•")
		}
	}
}
