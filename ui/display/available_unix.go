//go:build !windows && !darwin

package display

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"lanyard/ui/words"
)

// dialLimit is how long a display may take to answer.
const dialLimit = 2 * time.Second

// Check tells whether windows can be shown: [ErrNone] where no display is named,
// [ErrSilent] where the one that is named does not answer. The toolkit would
// end the program in either case.
func Check(ctx context.Context) error {
	name := os.Getenv("DISPLAY")
	if name == "" {
		return ErrNone
	}
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	var last error
	for _, a := range addresses(name) {
		c, err := new(net.Dialer).DialContext(ctx, a.network, a.address)
		if err == nil {
			return c.Close()
		}
		last = err
	}
	if last == nil {
		return fmt.Errorf("%w: %q is no display's name", ErrSilent, name)
	}
	return fmt.Errorf("%w: %q: %w", ErrSilent, name, last)
}

type address struct{ network, address string }

// addresses are where the server of a display listens, in Xlib's order:
// "[host]:number[.screen]" (X(7), "Display names"), or a socket's path.
func addresses(display string) []address {
	host, number := display, ""
	if colon := strings.LastIndexByte(display, ':'); colon >= 0 {
		host, number = display[:colon], display[colon+1:]
	}
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.ParseUint(number, 10, 16)
	const tcpBase = 6000
	switch {
	case strings.HasPrefix(display, "/"):
		return []address{{"unix", host}, {"unix", display}}
	case err != nil || n > 65535-tcpBase:
		return nil
	case host == "" || host == "unix":
		path := "/tmp/.X11-unix/X" + number
		return []address{{"unix", "@" + path}, {"unix", path}}
	default:
		return []address{{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.FormatUint(tcpBase+n, 10))}}
	}
}

// desktopLanguage is the language that the desktop speaks.
func desktopLanguage() words.Language { return words.Of(os.Getenv) }
