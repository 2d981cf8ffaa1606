package ldapdir_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lanyard/assets"
	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/directorytest"
	"lanyard/broker/directory/ldapdir"
	"lanyard/test/engine"
)

const (
	closeGrace = "dn: uid=900000000017,ou=People,o=nhs\nchangetype: modify\nreplace: nhsPersonStatus\nnhsPersonStatus: 0\n"
	openGrace  = "dn: uid=900000000017,ou=People,o=nhs\nchangetype: modify\nreplace: nhsPersonStatus\nnhsPersonStatus: 1\n"
	addNew     = "dn: uid=900000000990,ou=People,o=nhs\nchangetype: add\nobjectClass: nhsPerson\nuid: 900000000990\ncn: New\nsn: New\n"
)

// TestFresh: a person's closing is seen when the answer is no longer fresh, and
// a person who is new when the answer that there is nobody is not; at once where
// the directory is read again.
func TestFresh(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	c := settings(s)
	c.Fresh, c.Unknown = 2*time.Second, 500*time.Millisecond
	d := open(t, c)
	begin := time.Now()
	if !known(t, d, grace).Active {
		t.Fatal("closed from the start")
	}
	if _, err := d.User(t.Context(), "900000000990"); !errors.Is(err, directory.ErrUnknown) {
		t.Fatal(err)
	}
	s.Modify(closeGrace + "\n" + addNew)
	if active := known(t, d, grace).Active; !active && time.Since(begin) < c.Fresh {
		t.Error("the answer was not kept")
	}
	eventually(t, "the new person is known", func() bool { _, err := d.User(t.Context(), "900000000990"); return err == nil })
	eventually(t, "the closing is seen", func() bool { return !known(t, d, grace).Active })
	s.Modify(openGrace)
	if err := d.Reload(); err != nil {
		t.Fatal(err)
	}
	if !known(t, d, grace).Active {
		t.Error("an answer from before is used after a reload")
	}
}

// TestTogether: many who ask for one person wait for one lookup.
func TestTogether(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	d := open(t, settings(s))
	known(t, d, grace)
	before := d.State().Asked
	s.Pause()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := d.User(t.Context(), grace); err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "a lookup is under way", func() bool { return d.State().Busy == 1 })
	if _, err := d.User(ended(t), grace); err == nil {
		t.Error("a caller who has gone waits")
	}
	s.Resume()
	all.Wait()
	// Who came after the answer asked anew.
	if asked := d.State().Asked - before; asked >= 50 {
		t.Errorf("%d lookups for 50 callers", asked)
	}
}

// TestStale: as long as is configured, and no longer, an old answer is used
// while the directory is down; the log says so once.
func TestStale(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	var j journal
	c := settings(s)
	c.Fresh, c.Unknown, c.Stale, c.Log = 10*time.Millisecond, time.Minute, 3*time.Second, j.log()
	d := open(t, c)
	known(t, d, grace)
	if _, err := d.User(t.Context(), "900000000990"); !errors.Is(err, directory.ErrUnknown) {
		t.Fatal(err)
	}
	begin := time.Now()
	s.Kill()
	eventually(t, "an old answer is used", func() bool { known(t, d, grace); return d.State().Stale > 3 })
	if n := j.count("an old answer is used"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if _, err := d.User(t.Context(), "900000000025"); !errors.Is(err, directory.ErrDown) {
		t.Errorf("a person whom nobody asked for: %v", err)
	}
	eventually(t, "it is too old", func() bool { _, err := d.User(t.Context(), grace); return errors.Is(err, directory.ErrDown) })
	if took := time.Since(begin); took < 2*time.Second {
		t.Errorf("too old after %v", took)
	}
}

// TestBounds: no more people, connections or idle connections than configured.
func TestBounds(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	c := settings(s)
	c.Fresh, c.Unknown, c.People, c.Connections, c.Idle = time.Minute, time.Minute, 3, 2, 300*time.Millisecond
	d := open(t, c)
	var all sync.WaitGroup
	for n := range 40 {
		all.Go(func() {
			_, err := d.User(t.Context(), broker.UID(fmt.Sprintf("9000000000%02d", n)))
			if err != nil && !errors.Is(err, directory.ErrUnknown) {
				t.Error(err)
			}
			if st := d.State(); st.Connections > 2 || st.People > 3 {
				t.Errorf("%+v", st)
			}
		})
	}
	all.Wait()
	if d.State().People != 3 {
		t.Errorf("%+v", d.State())
	}
	eventually(t, "idle connections are closed", func() bool { return d.State().Connections == 0 })
	if err := d.Probe(t.Context()); err != nil {
		t.Error(err)
	}
}

func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// BenchmarkCrowd: many callers, each for another person of 50.
func BenchmarkCrowd(b *testing.B) {
	c := settings(engine.StartSlapd(b, assets.DemoDirectory(), engine.SlapdOptions{}))
	d := open(b, c)
	uids := regexp.MustCompile(`(?m)^uid: ([0-9]{12})$`).FindAllStringSubmatch(string(assets.DemoDirectory()), -1)
	var next atomic.Int64
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			uid := broker.UID(uids[int(next.Add(1))%len(uids)][1])
			if _, err := d.User(b.Context(), uid); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkUser(b *testing.B) {
	s := engine.StartSlapd(b, directorytest.LDIF(), engine.SlapdOptions{Plain: true})
	for name, change := range map[string]func(*ldapdir.Config){
		"kept":  func(c *ldapdir.Config) { c.Fresh = time.Hour },
		"LDAPS": func(*ldapdir.Config) {},
		"plain": func(c *ldapdir.Config) { c.URLs, c.Plain = []string{"ldap://" + s.Address}, true },
	} {
		b.Run(name, func(b *testing.B) {
			c := settings(s)
			change(&c)
			d := open(b, c)
			for b.Loop() {
				if _, err := d.User(b.Context(), grace); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
