package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"lanyard/broker/directory"
	"lanyard/broker/directory/ldapdir"
	"lanyard/broker/directory/ldif"
)

// checkDirectory tells what is wrong with the settings of the directory.
func (c *config) checkDirectory(fault func(wrong bool, format string, args ...any)) {
	d := &c.Directory
	over := len(d.LDAP.URLs) > 0
	fault(d.LDIF == "" && !over, "directory.ldif is missing, or directory.ldap.urls where people are in a directory over LDAP")
	fault(d.LDIF != "" && over, "directory.ldif and directory.ldap.urls are both there: people are in one of them")
	if !over {
		return
	}
	fault(d.LDAP.Base == "", "directory.ldap.base is missing")
	fault(d.LDAP.BindDN == "", "directory.ldap.bind_dn is missing: the account that reads")
	fault(d.LDAP.PasswordFile == "", "directory.ldap.password_file is missing")
	fault(len(d.LDAP.Anchors) == 0 && !d.LDAP.Plain, "directory.ldap.anchors is empty: no certificate of the directory would be trusted")
	for key, v := range map[string]duration{"connect_timeout": d.LDAP.ConnectTimeout, "search_timeout": d.LDAP.SearchTimeout, "idle": d.LDAP.Idle} {
		fault(v <= 0, "directory.ldap.%s must be more than nothing", key)
	}
	for key, v := range map[string]duration{"fresh": d.LDAP.Fresh, "unknown": d.LDAP.Unknown, "stale": d.LDAP.Stale} {
		fault(v < 0, "directory.ldap.%s must not be negative", key)
	}
	fault(d.LDAP.Fresh > duration(mostFresh), "directory.ldap.fresh is more than %v: so long a person who was closed could still sign on", mostFresh)
	fault(d.LDAP.Connections < 1, "directory.ldap.connections must be 1 or more")
	fault(d.LDAP.People < 1, "directory.ldap.people must be 1 or more")
}

// mostFresh is how long an answer about a person may be used at most.
const mostFresh = time.Hour

// defaultDirectory are the defaults of what is not needed.
func (c *config) defaultDirectory() {
	d := &c.Directory.LDAP
	d.ConnectTimeout, d.SearchTimeout, d.Idle = duration(3*time.Second), duration(5*time.Second), duration(time.Minute)
	d.Fresh, d.Unknown = duration(time.Minute), duration(5*time.Second)
	d.Connections, d.People = 8, 10_000
}

// people opens the directory. One over LDAP is not asked yet.
func (c *config) people(log *slog.Logger) (directory.Directory, error) {
	if c.Directory.LDIF != "" {
		return opened(ldif.Open(c.Directory.LDIF, log))
	}
	d := &c.Directory.LDAP
	anchors, err := certificates(d.Anchors)
	if err != nil {
		return nil, err
	}
	if _, err := readPassword(d.PasswordFile); err != nil {
		return nil, err
	}
	return opened(ldapdir.Open(ldapdir.Config{
		URLs: d.URLs, Anchors: anchors, Plain: d.Plain, Base: d.Base, BindDN: d.BindDN,
		Password:       func() ([]byte, error) { return readPassword(d.PasswordFile) },
		ConnectTimeout: time.Duration(d.ConnectTimeout), SearchTimeout: time.Duration(d.SearchTimeout),
		Connections: d.Connections, Idle: time.Duration(d.Idle),
		Fresh: time.Duration(d.Fresh), Unknown: time.Duration(d.Unknown), Stale: time.Duration(d.Stale), People: d.People,
		Log: log,
	}))
}

// opened is no directory where there is an error.
func opened[D directory.Directory](d D, err error) (directory.Directory, error) {
	if err != nil {
		return nil, err
	}
	return d, nil
}

// readPassword reads the one line of a file that its owner alone may read.
func readPassword(path string) ([]byte, error) {
	text, err := readPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("password of the directory: %w", err)
	}
	text = bytes.TrimRight(text, "\r\n")
	if len(text) == 0 || strings.ContainsAny(string(text), "\r\n") {
		return nil, fmt.Errorf("password of the directory: %s does not hold one line", path)
	}
	return text, nil
}

// probeDirectory asks a directory over LDAP for the first time. One that does
// not answer is no reason not to start: sessions that are there go on, and it is
// used as soon as it is back.
func probeDirectory(ctx context.Context, d directory.Directory, log *slog.Logger) {
	p, ok := d.(interface {
		Probe(ctx context.Context) error
	})
	if !ok {
		return
	}
	if p.Probe(ctx) == nil { // else it is in the log already
		log.Info("directory answers")
	}
}

func closeDirectory(d directory.Directory) error {
	if c, ok := d.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
