package doctor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/client"
	"lanyard/broker/client/clienttest"
	"lanyard/broker/doctor"
	"lanyard/broker/localapi"
	"lanyard/broker/settings"
	"lanyard/broker/ticket"
	"lanyard/card"
	"lanyard/card/virtual"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is an agent that shows one state.
type desk struct{ shot agent.Snapshot }

func (d desk) Watch(ctx context.Context, show func(agent.Snapshot)) error {
	show(d.shot)
	<-ctx.Done()
	return context.Cause(ctx)
}
func (desk) Do(context.Context, agent.Request) error   { return agent.ErrPhase }
func (desk) Assertion(context.Context) ([]byte, error) { return nil, &agent.NoSession{} }

func (desk) Sessions(context.Context) ([]broker.Place, error) { return nil, &agent.NoSession{} }
func (desk) EndSession(context.Context, string) error         { return &agent.NoSession{} }

// noTickets gives none.
type noTickets struct{}

func (noTickets) Get(context.Context, ticket.Caller, ticket.Ask) (broker.Ticket, error) {
	return broker.Ticket{}, &agent.NoSession{}
}

// serve opens the socket of an agent that shows a state.
func serve(t *testing.T, address string, shot agent.Snapshot) {
	t.Helper()
	ln, err := localapi.Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var served sync.WaitGroup
	s := localapi.Server{Agent: desk{shot}, Tickets: noTickets{}, Log: slog.New(slog.DiscardHandler)}
	served.Go(func() {
		if err := s.Serve(ctx, ln); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); served.Wait() })
}

const atr = "\x3b\x8f\x80\x01"

// bench is a machine where everything is in order, in a session without a bus.
type bench struct {
	server  *clienttest.Server
	profile client.Profile
	shot    *agent.Snapshot // of the agent; nil: none runs
	c       doctor.Config
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "no-bus"))
	b := &bench{server: clienttest.New(t, clienttest.Options{})}
	b.profile = b.server.Profile()
	set := settings.Defaults()
	set.Environment = "local"
	b.shot = &agent.Snapshot{
		Phase: agent.SignedOn, Environment: agent.Environment{Name: "local"},
		Card:  &agent.CardView{Reader: "Омникей 3021", Expires: time.Now().AddDate(1, 0, 0)},
		Links: agent.Links{Card: agent.LinkOK, Reader: agent.LinkOK, Network: agent.LinkOK, Server: agent.LinkOK, Directory: agent.LinkOK},
	}
	b.c = doctor.Config{
		Settings: func() (settings.Settings, error) { return set, nil },
		Profile:  func(settings.Settings) (client.Profile, error) { return b.profile, nil },
		Socket:   filepath.Join(t.TempDir(), "agent.sock"),
		Device:   &virtual.Device{Dir: t.TempDir()},
		Module:   func(string) (string, error) { return "/usr/lib/opensc-pkcs11.so", nil },
		Cards: func(context.Context) (doctor.Seen, error) {
			return doctor.Seen{
				Readers: []card.ReaderID{"Омникей 3021"},
				Cards:   []card.Event{{Kind: card.Inserted, Reader: "Омникей 3021", ATR: card.ATR(atr), Gen: 1}},
			}, nil
		},
	}
	return b
}

// examine runs the examination and checks what is true of every one.
func (b *bench) examine(t *testing.T) map[doctor.ID]doctor.Row {
	t.Helper()
	if b.shot != nil {
		serve(t, b.c.Socket, *b.shot)
	}
	rows := make(map[doctor.ID]doctor.Row)
	report := doctor.Examine(t.Context(), b.c, func(r doctor.Row) {
		if _, twice := rows[r.ID]; twice {
			t.Errorf("%s was told twice", r.ID)
		}
		rows[r.ID] = r
	})
	order := doctor.Order()
	if len(report.Rows) != len(order) || len(rows) != len(order) {
		t.Fatalf("%d rows, %d were told, want %d: %+v", len(report.Rows), len(rows), len(order), report.Rows)
	}
	for i, r := range report.Rows {
		if r.ID != order[i] {
			t.Errorf("row %d is %s, want %s", i, r.ID, order[i])
		}
		if r.Say == "" && r.Code == "" {
			t.Errorf("%s says nothing", r.ID)
		}
		if needed := r.Verdict == doctor.Look || r.Verdict == doctor.Trouble; needed && r.Actor() == 0 {
			t.Errorf("%s needs somebody and names nobody: %+v", r.ID, r)
		}
	}
	return rows
}

func TestExamine(t *testing.T) {
	seen := func(s doctor.Seen, err error) func(*bench) {
		return func(b *bench) { b.c.Cards = func(context.Context) (doctor.Seen, error) { return s, err } }
	}
	expires := func(d time.Duration) func(*bench) {
		return func(b *bench) { b.shot.Card.Expires = time.Now().Add(d) }
	}
	with := func(change func(*settings.Settings)) func(*bench) {
		return func(b *bench) {
			before := b.c.Settings
			b.c.Settings = func() (settings.Settings, error) {
				s, err := before()
				change(&s)
				return s, err
			}
		}
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		name   string
		change func(*bench)
		want   string // ID verdict say-or-code, for each row to look at
	}{
		{"in order", nil, "reader-service good service.runs, readers good readers.found, card good card.in, certificates good certificates.until, " +
			"module good module.found, clock good clock.right, network good network.answers, proxy good proxy.none, server-certificate look certificate.soon, " +
			"server good server.answers, directory good directory.works, local-api good local-api.answers, keyring none keyring.none, settings good settings.good, " +
			"device-key none device-key.none, times none times.none"},
		{"no agent", func(b *bench) { b.shot = nil }, "local-api trouble AGENT-ABSENT, directory none not-reached, certificates none certificates.unread"},
		{"settings that cannot be used", func(b *bench) {
			b.c.Settings = func() (settings.Settings, error) { return settings.Defaults(), errors.New("surprise = 1") }
			b.c.Profile = func(settings.Settings) (client.Profile, error) { return client.Profile{}, nil }
		}, "settings trouble CONFIG-INVALID, network none not-reached, server none not-reached, clock none clock.unknown"},
		{"no service", seen(doctor.Seen{}, card.ErrNoService), "reader-service trouble READER-SERVICE, readers none not-reached, card none not-reached"},
		{"service refuses", seen(doctor.Seen{}, fmt.Errorf("x: %w", card.ErrAccess)), "reader-service trouble READER-DENIED"},
		{"no reader", seen(doctor.Seen{}, nil), "reader-service good service.runs, readers trouble READER-NONE, card none not-reached"},
		{"no card", seen(doctor.Seen{Readers: []card.ReaderID{"A"}}, nil), "card none card.out, certificates none certificates.no-card"},
		{"mute card", seen(doctor.Seen{Readers: []card.ReaderID{"A"}, Cards: []card.Event{{Kind: card.Mute, Reader: "A"}}}, nil), "card trouble CARD-MUTE, certificates none not-reached"},
		{"expired", expires(-time.Hour), "certificates trouble CARD-EXPIRED"},
		{"last week", expires(6*day + time.Hour), "certificates look certificates.soon/7"},
		{"last month", expires(29*day + time.Hour), "certificates look certificates.soon/30"},
		{"last quarter", expires(89*day + time.Hour), "certificates good certificates.near/90"},
		{"the card is read where no agent has it", func(b *bench) {
			b.shot.Card = nil
			b.c.Until = func(context.Context, card.Event) (time.Time, error) { return time.Now().Add(-day), nil }
		}, "certificates trouble CARD-EXPIRED"},
		{"a card that cannot be read", func(b *bench) {
			b.shot.Card = nil
			b.c.Until = func(context.Context, card.Event) (time.Time, error) { return time.Time{}, card.ErrBusy }
		}, "certificates trouble CARD-BUSY"},
		{"no module: current cards need none", func(b *bench) {
			b.c.Module = func(string) (string, error) { return "", card.ErrModuleMissing }
		}, "module none module.none"},
		{"the named module is not there", func(b *bench) {
			with(func(s *settings.Settings) { s.Card.Module = "/absent.so" })(b)
			b.c.Module = func(string) (string, error) { return "", card.ErrModuleMissing }
		}, "module trouble MODULE-MISSING"},
		{"cards from a drawer need no reader", func(b *bench) {
			with(func(s *settings.Settings) { s.Card.Source = "drawer" })(b)
			seen(doctor.Seen{}, card.ErrNoService)(b)
		}, "reader-service none drawer, readers none drawer, card good card.virtual, certificates good certificates.until, module none drawer"},
		{"an empty drawer", func(b *bench) {
			with(func(s *settings.Settings) { s.Card.Source = "drawer" })(b)
			b.shot.Card = nil
		}, "card none card.out, certificates none certificates.no-card"},
		{"directory away", func(b *bench) { b.shot.Links.Directory = agent.LinkBroken }, "directory trouble DIRECTORY-DOWN"},
		{"nobody signed on yet", func(b *bench) { b.shot.Links = agent.Links{} }, "directory none directory.unasked"},
		{"behind a fault", func(b *bench) { b.shot.Links = agent.Links{Network: agent.LinkBroken} }, "directory none not-reached"},
		{"a device key outside the keyring", func(b *bench) {
			if _, err := b.c.Device.DeviceKey(t.Context()); err != nil {
				t.Error(err)
			}
		}, "device-key look device-key.file"},
		{"times", func(b *bench) {
			b.c.Measured = func() (map[string]string, error) { return map[string]string{"question": "1"}, nil }
		}, "times good times.kept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			if c.change != nil {
				c.change(b)
			}
			check(t, b.examine(t), c.want)
		})
	}
}

// check looks at rows, each as "ID verdict say-or-code[/N]".
func check(t *testing.T, rows map[doctor.ID]doctor.Row, want string) {
	t.Helper()
	for _, w := range strings.Split(want, ", ") {
		id, _, _ := strings.Cut(w, " ")
		r := rows[doctor.ID(id)]
		says := string(r.Say)
		if says == "" {
			says = string(r.Code)
		}
		got := fmt.Sprintf("%s %s %s", r.ID, r.Verdict, says)
		if r.N > 0 && strings.Contains(w, "/") {
			got += fmt.Sprintf("/%d", r.N)
		}
		if got != w {
			t.Errorf("%s, want %s: %+v", got, w, r)
		}
	}
}

func TestWay(t *testing.T) {
	other := clienttest.NewAuthority(t)
	for _, c := range []struct {
		name   string
		change func(t *testing.T, b *bench)
		want   string
	}{
		{
			"nobody listens", func(t *testing.T, b *bench) { b.profile.BaseURL = "https://" + dead(t) },
			"network good network.reaches, proxy good proxy.none, server-certificate none not-reached, server trouble SERVER-DOWN, clock none clock.unknown",
		},
		{"no such name", func(_ *testing.T, b *bench) { b.profile.BaseURL = "https://no-such-host.invalid" }, "network trouble NET-NAME"},
		{
			"untrusted", func(_ *testing.T, b *bench) { b.profile.Anchors[0] = other.Cert },
			"network good network.answers, server-certificate trouble TLS-UNTRUSTED, server none not-reached",
		},
		{"reset", func(_ *testing.T, b *bench) { b.server.Break("", clienttest.Fault{Reset: true}) }, "network good network.answers, server trouble NET-RESET"},
		{
			"proxy wants a password", func(t *testing.T, b *bench) { b.profile.Proxy = "http://" + proxy(t, 407) },
			"network good network.proxy, proxy trouble proxy.password, server none not-reached",
		},
		{
			"proxy forbids", func(t *testing.T, b *bench) { b.profile.Proxy = "http://" + proxy(t, 403) },
			"network good network.proxy, proxy trouble NET-PROXY, server none not-reached",
		},
		{
			"proxy away", func(t *testing.T, b *bench) { b.profile.Proxy = "http://" + dead(t) },
			"network none not-reached, proxy trouble NET-PROXY",
		},
		{"a script names the proxy", func(t *testing.T, b *bench) {
			b.profile.Proxy = ""
			b.profile.BaseURL = "https://no-such-host.invalid"
			t.Setenv("auto_proxy", "http://wpad.example/proxy.pac")
		}, "network trouble NET-NAME, proxy look proxy.script"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.change(t, b)
			check(t, b.examine(t), c.want)
		})
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		off  time.Duration // of the server's clock
		want string
	}{
		{0, "clock good clock.right"},
		{50 * time.Second, "clock good clock.right"},
		{3 * time.Minute, "clock look clock.slow/3"},
		{-2 * time.Minute, "clock look clock.fast/2"},
		{6 * time.Minute, "clock trouble clock.slow/6"},
		{-time.Hour, "clock trouble clock.fast/60"},
	} {
		t.Run(c.off.String(), func(t *testing.T) {
			b := newBench(t)
			b.server.Break("", clienttest.Fault{Status: 200, Header: map[string][]string{"Date": {time.Now().Add(c.off).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}}})
			rows := b.examine(t)
			check(t, rows, c.want)
			if c.off != 0 && rows[doctor.Clock].Verdict != doctor.Good && rows[doctor.Clock].Fix.Command == "" {
				t.Error("nobody is told how to set the clock")
			}
		})
	}
}

// TestCalledOff ends an examination whose parts all wait.
func TestCalledOff(t *testing.T) {
	b := newBench(t)
	serve(t, b.c.Socket, *b.shot)
	b.server.Break("", clienttest.Fault{Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	b.c.Cards = func(ctx context.Context) (doctor.Seen, error) {
		cancel()
		<-ctx.Done()
		return doctor.Seen{}, context.Cause(ctx)
	}
	begun := time.Now()
	report := doctor.Examine(ctx, b.c, nil)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	for _, r := range report.Rows {
		if r.ID == doctor.Service || r.ID == doctor.Server {
			t.Errorf("a row of what was called off: %+v", r)
		}
	}
}

func TestWorst(t *testing.T) {
	for want, verdicts := range map[doctor.Verdict][]doctor.Verdict{
		doctor.Good:    {doctor.Good, doctor.None},
		doctor.Look:    {doctor.Good, doctor.Look, doctor.None},
		doctor.Trouble: {doctor.Look, doctor.Trouble, doctor.Look},
	} {
		var r doctor.Report
		for _, v := range verdicts {
			r.Rows = append(r.Rows, doctor.Row{Verdict: v})
		}
		if got := r.Worst(); got != want {
			t.Errorf("%v: %s", verdicts, got)
		}
	}
}
