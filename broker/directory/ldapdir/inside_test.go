package ldapdir

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"

	"lanyard/broker"
)

// FuzzNames: whatever an id or a code holds, it stays one value of one name or
// one filter.
func FuzzNames(f *testing.F) {
	for _, s := range []string{
		"900000000017", "", "*", "9*", "900000000017)(uid=*", "900000000017,ou=People", "a+b=c", "\x00", " a ", "#a", `\`, `\2c`, "x)(|(uid=*))", "Siân", "\xff", "&|!=~<>;\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s != "" && utf8.ValidString(s) {
			oneName(t, s)
		}
		oneFilter(t, s)
	})
}

func oneName(t *testing.T, s string) {
	t.Helper()
	dn, err := ldap.ParseDN(personDN(broker.UID(s), "o=nhs"))
	if err != nil || len(dn.RDNs) != 3 || len(dn.RDNs[0].Attributes) != 1 {
		t.Fatalf("%q: %+v, %v", s, dn, err)
	}
	for i, want := range []string{"uid=" + s, "ou=People", "o=nhs"} {
		if a := dn.RDNs[i].Attributes[0]; a.Type+"="+a.Value != want {
			t.Errorf("%q: part %d is %q", s, i, a.Type+"="+a.Value)
		}
	}
}

func oneFilter(t *testing.T, s string) {
	t.Helper()
	p, err := ldap.CompileFilter(organisationFilter([]string{"A", s}))
	if err != nil || p.Tag != ldap.FilterOr || len(p.Children) != 2 {
		t.Fatalf("%q: %v", s, err)
	}
	for i, want := range []string{"A", s} {
		c := p.Children[i]
		if c.Tag != ldap.FilterEqualityMatch || len(c.Children) != 2 ||
			c.Children[0].Data.String() != "uniqueIdentifier" || c.Children[1].Data.String() != want {
			t.Errorf("%q: child %d is %d with %d children", s, i, c.Tag, len(c.Children))
		}
	}
}

func TestConfig(t *testing.T) {
	good := Config{
		URLs: []string{"ldap://127.0.0.1:389"}, Plain: true, Base: "o=nhs", BindDN: "cn=a,o=nhs",
		Password: func() ([]byte, error) { return nil, nil },
	}
	for name, tc := range map[string]struct {
		change func(*Config)
		fault  string
	}{
		"as it stands":              {func(*Config) {}, ""},
		"loopback of IPv6":          {func(c *Config) { c.URLs = []string{"ldap://[::1]"} }, ""},
		"no URL":                    {func(c *Config) { c.URLs = nil }, "no URL"},
		"HTTPS":                     {func(c *Config) { c.URLs = []string{"https://127.0.0.1"} }, "must be ldaps://host"},
		"a path":                    {func(c *Config) { c.URLs = []string{"ldaps://a.example/o=nhs"} }, "must be ldaps://host"},
		"a question":                {func(c *Config) { c.URLs = []string{"ldaps://a.example?x"} }, "must be ldaps://host"},
		"a user":                    {func(c *Config) { c.URLs = []string{"ldaps://u:p@a.example"} }, "must be ldaps://host"},
		"no host":                   {func(c *Config) { c.URLs = []string{"ldaps://:636"} }, "must be ldaps://host"},
		"a strange port":            {func(c *Config) { c.URLs = []string{"ldaps://a:b"} }, "invalid port"},
		"plain elsewhere":           {func(c *Config) { c.URLs = []string{"ldap://192.0.2.1"} }, "only addresses of the loopback"},
		"plain by a name":           {func(c *Config) { c.URLs = []string{"ldap://localhost"} }, "only addresses of the loopback"},
		"no authority":              {func(c *Config) { c.URLs = []string{"ldaps://127.0.0.1"} }, "no authority"},
		"no authority for StartTLS": {func(c *Config) { c.Plain = false }, "no authority"},
		"no account":                {func(c *Config) { c.BindDN = "" }, "needs an account"},
		"no password":               {func(c *Config) { c.Password = nil }, "needs an account"},
		"no base":                   {func(c *Config) { c.Base = "" }, "no distinguished name"},
		"a base that is none":       {func(c *Config) { c.Base = "nhs" }, "no distinguished name"},
		"negative time":             {func(c *Config) { c.Stale = -1 }, "negative"},
		"negative number":           {func(c *Config) { c.Connections = -1 }, "negative"},
	} {
		c := good
		tc.change(&c)
		d, err := Open(c)
		switch {
		case tc.fault == "" && err != nil, tc.fault != "" && (err == nil || !strings.Contains(err.Error(), tc.fault)):
			t.Errorf("%s: %v, want %q", name, err, tc.fault)
		case d != nil && d.Close() != nil:
			t.Errorf("%s: it cannot be closed", name)
		}
	}
}

// TestGate: one attempt at a time, and pauses that grow to five seconds.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{log: slog.New(slog.DiscardHandler)}
		gone := errors.New("gone")
		if err := errors.Join(g.enter(time.Now()), g.enter(time.Now())); err != nil {
			t.Fatalf("while it answers: %v", err)
		}
		for _, pause := range []int{100, 200, 400, 800, 1600, 3200, 5000, 5000} {
			g.fail(time.Now(), gone)
			if err := g.enter(time.Now()); !errors.Is(err, gone) {
				t.Errorf("no pause: %v", err)
			}
			time.Sleep(time.Duration(pause)*time.Millisecond - 1)
			if err := g.enter(time.Now()); !errors.Is(err, gone) {
				t.Errorf("the pause is shorter than %d ms", pause)
			}
			time.Sleep(time.Nanosecond)
			if err := g.enter(time.Now()); err != nil {
				t.Errorf("the pause is longer than %d ms: %v", pause, err)
			}
			if err := g.enter(time.Now()); !errors.Is(err, gone) {
				t.Errorf("two attempts at a time: %v", err)
			}
		}
		for range 10 {
			g.fail(time.Now(), ErrRefused)
		}
		if g.pause != time.Minute {
			t.Errorf("where the account is refused the pause is %v", g.pause)
		}
		g.ok(time.Now())
		if err := g.enter(time.Now()); err != nil {
			t.Errorf("it answers again: %v", err)
		}
	})
}

// TestWire: of one answer only so much is read, and the next may be as long.
func TestWire(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	go func() {
		defer there.Close()
		_, _ = there.Write(make([]byte, maxAnswer+2<<20))
	}()
	w := &wire{Conn: here}
	w.left.Store(maxAnswer)
	n, err := io.Copy(io.Discard, w)
	if !errors.Is(err, errTooLarge) || n < maxAnswer || n > maxAnswer+1<<20 {
		t.Errorf("%d octets, %v", n, err)
	}
	w.left.Store(maxAnswer)
	if n, err := io.Copy(io.Discard, w); n < 1<<20 || err != nil {
		t.Errorf("%d octets, %v", n, err)
	}
}

func TestCache(t *testing.T) {
	c := newCache[string, int](2)
	now := time.Now()
	c.put("a", 1, now)
	c.put("b", 2, now)
	c.get("a")
	c.put("c", 3, now)
	c.put("c", 4, now)
	if _, ok := c.get("b"); ok || len(c.items) != 2 || c.order.Len() != 2 {
		t.Errorf("%d kept, b among them: %v", len(c.items), ok)
	}
	for key, want := range map[string]int{"a": 1, "c": 4} {
		if i, ok := c.get(key); !ok || i.value != want {
			t.Errorf("%s: %+v", key, i)
		}
	}
}
