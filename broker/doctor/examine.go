package doctor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lanyard/broker/client"
	"lanyard/broker/localapi"
	"lanyard/broker/settings"
	"lanyard/card"
	"lanyard/card/virtual"
)

// Config says what to look at. Until, Measured and Now may be nil: their
// rows then say that there is nothing to tell.
type Config struct {
	// Settings reads the settings that an agent would take, or tells every
	// fault of them.
	Settings func() (settings.Settings, error)
	// Profile makes the environment in use of settings.
	Profile func(settings.Settings) (client.Profile, error)
	// Socket is the agent's.
	Socket string
	// Cards asks the reader service what is plugged in and inserted, without
	// touching a card. Its error is [card.ErrNoService] or [card.ErrAccess].
	Cards func(ctx context.Context) (Seen, error)
	// Until reads when the certificates of an inserted card end. It is asked
	// where no agent uses the card.
	Until func(ctx context.Context, e card.Event) (time.Time, error)
	// Module finds the PKCS#11 module of a setting.
	Module func(setting string) (path string, err error)
	// Device keeps the key of virtual cards.
	Device *virtual.Device
	// Measured tells how long sign-ons take here: percentiles as values of
	// [TimesKept]; none where nothing was measured yet.
	Measured func() (map[string]string, error)
	// Now is the time; nil is [time.Now].
	Now func() time.Time
}

// Seen is what the reader service sees.
type Seen struct {
	Readers []card.ReaderID
	Cards   []card.Event // Inserted or Mute
}

// How long each part may take.
const (
	cardsLimit   = 8 * time.Second
	serverLimit  = 12 * time.Second
	agentLimit   = 3 * time.Second
	desktopLimit = 2 * time.Second
	ringLimit    = 2 * time.Second
	filesLimit   = 2 * time.Second
)

// Examine looks at everything and calls tell with each row as it comes, one at
// a time. It returns when all was looked at or ctx has ended; rows that were
// not reached by then are not in the report.
func Examine(ctx context.Context, c Config, tell func(Row)) Report {
	if c.Now == nil {
		c.Now = time.Now
	}
	e := &examination{c: c, tell: tell}
	e.set, e.faults = c.Settings()
	var g errgroup.Group
	part := func(limit time.Duration, look func(context.Context)) {
		g.Go(func() error {
			limited, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			look(limited)
			return nil
		})
	}
	part(filesLimit, e.files)
	part(desktopLimit, e.desktop)
	part(ringLimit, e.keyring)
	part(serverLimit, e.way)
	part(cardsLimit, e.hand)
	_ = g.Wait() // no part has an error of its own: what is wrong is in its rows
	order := Order()
	slices.SortFunc(e.rows, func(a, b Row) int { return slices.Index(order, a.ID) - slices.Index(order, b.ID) })
	return Report{At: c.Now(), Rows: e.rows}
}

// examination is one run.
type examination struct {
	c      Config
	set    settings.Settings
	faults error // of the settings

	mu   sync.Mutex
	tell func(Row)
	rows []Row
}

// say adds rows, unless the run was called off: then what a part says is the
// end of its context and nothing else.
func (e *examination) say(ctx context.Context, rows ...Row) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range rows {
		e.rows = append(e.rows, r)
		if e.tell != nil {
			e.tell(r)
		}
	}
}

// drawer tells whether cards come from a folder and not from readers.
func (e *examination) drawer() bool { return e.set.Card.Source == "drawer" }

// agent asks the agent how the desk does, and how long it took to say.
func (e *examination) agent(ctx context.Context) (localapi.State, time.Duration, error) {
	limited, cancel := context.WithTimeout(ctx, agentLimit)
	defer cancel()
	begun := time.Now()
	call, err := localapi.Dial(limited, e.c.Socket)
	if err != nil {
		return localapi.State{}, 0, err
	}
	state, err := call.State(limited)
	if err != nil {
		_ = call.Close()
		return localapi.State{}, 0, err
	}
	return state, time.Since(begun), call.Close()
}
