package ldapdir_test

import (
	"errors"
	"testing"
	"time"

	"lanyard/broker/directory/directorytest"
	"lanyard/broker/directory/ldapdir"
	"lanyard/test/engine"
)

// TestPaused: a directory that hangs costs a lookup its time and no more, and is
// used again when it goes on.
func TestPaused(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	for name, change := range map[string]func(*ldapdir.Config){
		"LDAPS":    func(*ldapdir.Config) {},
		"StartTLS": func(c *ldapdir.Config) { c.URLs = []string{"ldap://" + s.Address} },
	} {
		t.Run(name, func(t *testing.T) {
			c := settings(s)
			c.SearchTimeout, c.ConnectTimeout = 500*time.Millisecond, 500*time.Millisecond
			change(&c)
			d := open(t, c)
			eventually(t, "there is an idle connection", func() bool { _, err := d.User(t.Context(), grace); return err == nil })
			s.Pause()
			defer s.Resume()
			begin := time.Now()
			down(t, d, "no answer within 500ms") // on the idle connection
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("a lookup took %v", took)
			}
			begin = time.Now()
			if err := d.Probe(t.Context()); err == nil || time.Since(begin) > 5*time.Second {
				t.Errorf("a new connection: %v after %v", err, time.Since(begin))
			}
			down(t, d, "not asked since a moment ago: ")
			s.Resume()
			eventually(t, "the directory answers", func() bool { _, err := d.User(t.Context(), grace); return err == nil })
		})
	}
}

// TestKilled: while it is away it is told apart from one that knows nobody; when
// it is back it is used without a restart, and both are in the log once.
func TestKilled(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	var j journal
	c := settings(s)
	c.Log = j.log()
	d := open(t, c)
	known(t, d, grace)
	s.Kill()
	for range 3 {
		down(t, d, "connection refused")
	}
	if st := d.State(); st.Down == nil || st.Connections != 0 || time.Since(st.Since) > time.Minute {
		t.Errorf("%+v", st)
	}
	s.Restart()
	eventually(t, "the directory answers", func() bool { _, err := d.User(t.Context(), grace); return err == nil })
	if d.State().Down != nil || j.count("directory does not answer") != 1 || j.count("directory answers again") != 1 {
		t.Errorf("%+v\n%s", d.State(), j.String())
	}
	s.Kill() // a connection that broke while it was idle is no reason to refuse
	s.Restart()
	known(t, d, grace)
}

// TestRefused: what is set up wrong is told as what it is, and nobody is served.
func TestRefused(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	other := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	noFile := errors.New("no such file")
	for name, tc := range map[string]struct {
		change  func(*ldapdir.Config)
		because string
	}{
		"another authority":           {func(c *ldapdir.Config) { c.Anchors = anchors(other) }, "signed by unknown authority"},
		"another authority, StartTLS": {func(c *ldapdir.Config) { c.Anchors, c.URLs = anchors(other), []string{"ldap://" + s.Address} }, "signed by unknown authority"},
		"another host":                {func(c *ldapdir.Config) { c.URLs = []string{"ldaps://localhost:" + s.TLSAddress[len("127.0.0.1:"):]} }, "certificate is not valid"},
		"wrong password":              {func(c *ldapdir.Config) { c.Password = password("wrong") }, "it refuses the account: its name or its password is wrong (" + engine.SlapdReader + ")"},
		"wrong account":               {func(c *ldapdir.Config) { c.BindDN = "cn=nobody,o=nhs" }, "it refuses the account"},
		"no password":                 {func(c *ldapdir.Config) { c.Password = func() ([]byte, error) { return nil, noFile } }, "no such file"},
		"empty password":              {func(c *ldapdir.Config) { c.Password = password("") }, "empty password"},
		"wrong base":                  {func(c *ldapdir.Config) { c.Base = "o=other" }, "it has no ou=People,o=other, or the account may not read it"},
		"no TLS where it is wanted":   {func(c *ldapdir.Config) { c.Plain, c.URLs = true, []string{"ldap://" + s.Address} }, "confidentiality required"},
		"TLS where there is none":     {func(c *ldapdir.Config) { c.URLs = []string{"ldaps://" + s.Address} }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			c := settings(s)
			tc.change(&c)
			d := open(t, c)
			down(t, d, tc.because)
			if err := d.Probe(t.Context()); err == nil {
				t.Error("probe says that it can be used")
			}
			if wrong := name == "wrong password" || name == "wrong account"; errors.Is(d.State().Down, ldapdir.ErrRefused) != wrong {
				t.Errorf("told apart: %v", d.State().Down)
			}
		})
	}
}

// TestClose: lookups under way end, and nothing is asked afterwards.
func TestClose(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	c := settings(s)
	c.SearchTimeout = time.Minute
	d := open(t, c)
	known(t, d, grace)
	s.Pause()
	defer s.Resume()
	asked := make(chan error)
	go func() {
		_, err := d.User(t.Context(), grace)
		asked <- err
	}()
	eventually(t, "the lookup is under way", func() bool { return d.State().Busy == 1 })
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := <-asked; err == nil {
		t.Error("a lookup outlived the directory")
	}
	down(t, d, "directory is closed")
}
