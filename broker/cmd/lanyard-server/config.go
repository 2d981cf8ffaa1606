package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pelletier/go-toml/v2"

	"lanyard/broker/server/accessmanager"
)

// maxConfig is the largest settings file that is read, in octets.
const maxConfig = 1 << 20

// config is the settings file. Relative paths count from the folder it is in.
type config struct {
	Listen   []string `toml:"listen"`
	BaseURL  string   `toml:"base_url"`
	KeyFile  string   `toml:"key_file"` // seals tickets and challenges; made at the first start
	Demo     bool     `toml:"demo"`
	Requests int      `toml:"requests"` // at work at a time; 0: 128 for each CPU

	TLS struct {
		Certificate string `toml:"certificate"`
		Key         string `toml:"key"`
	} `toml:"tls"`
	Trust struct {
		Anchors         []string `toml:"anchors"`
		Intermediates   []string `toml:"intermediates"`
		RevocationLists []string `toml:"revocation_lists"`
		RequireLists    bool     `toml:"require_revocation_lists"`
		MaxListAge      duration `toml:"max_list_age"`
		VirtualCards    bool     `toml:"virtual_cards"`
		SHA1            bool     `toml:"sha1"`
		RSA1024         bool     `toml:"rsa1024"`
	} `toml:"trust"`
	Directory struct {
		LDIF string `toml:"ldif"`
		LDAP struct {
			URLs           []string `toml:"urls"`
			Anchors        []string `toml:"anchors"`
			Plain          bool     `toml:"plain"` // no TLS on ldap:// to loopback
			Base           string   `toml:"base"`
			BindDN         string   `toml:"bind_dn"`
			PasswordFile   string   `toml:"password_file"`
			ConnectTimeout duration `toml:"connect_timeout"`
			SearchTimeout  duration `toml:"search_timeout"`
			Connections    int      `toml:"connections"`
			Idle           duration `toml:"idle"`
			Fresh          duration `toml:"fresh"`
			Unknown        duration `toml:"unknown"`
			Stale          duration `toml:"stale"`
			People         int      `toml:"people"`
		} `toml:"ldap"`
	} `toml:"directory"`
	Store struct {
		Kind    string `toml:"kind"`
		Address string `toml:"address"` // of a store that nodes share
	} `toml:"store"`
	Sessions struct {
		Store     string   `toml:"store"`
		Idle      duration `toml:"idle"`
		Max       duration `toml:"max"`
		Unused    duration `toml:"unused"`
		Limit     int      `toml:"limit"` // sessions of one user at a time; 0: any
		OverLimit string   `toml:"over_limit"`
	} `toml:"sessions"`
	AccessManager struct {
		Prefixes  []string `toml:"prefixes"`
		Listeners []string `toml:"listeners"` // hosts, exactly: "app.example", "app.example:8443"
		Anchors   []string `toml:"anchors"`   // authorities of their certificates; none: the system's
	} `toml:"access_manager"`
	Log struct {
		Level  string `toml:"level"`
		Format string `toml:"format"`
	} `toml:"log"`
}

// What happens to a sign-on above the limit.
const (
	overRefuse    = "refuse"
	overEndOldest = "end-oldest"
)

// duration is a time.Duration as people write it: "90s", "10h".
type duration time.Duration

// UnmarshalText reads a duration.
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = duration(v)
	return err
}

// readConfig reads the settings file. Keys that do not exist are refused, and
// all faults are told together.
func readConfig(path string) (*config, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	c := defaults()
	d := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, fmt.Errorf("settings %s: %w", path, decodeFault(err))
	}
	c.resolve(filepath.Dir(path))
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("settings %s:\n%w", path, err)
	}
	return c, nil
}

// readFile reads a settings file up to the limit.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(text) > maxConfig {
		err = fmt.Errorf("settings %s are larger than %d octets", path, maxConfig)
	}
	return text, err
}

// decodeFault says where a fault stands.
func decodeFault(err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) {
		return fmt.Errorf("there is no such key:\n%s", unknown.String())
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		return errors.New(syntax.String())
	}
	return err
}

func defaults() *config {
	c := new(config)
	c.KeyFile = "seal.key"
	c.Store.Kind = storeBolt
	c.Sessions.Store = "sessions.db"
	c.Sessions.Idle, c.Sessions.Max, c.Sessions.Unused = duration(time.Hour), duration(10*time.Hour), duration(5*time.Minute)
	c.Sessions.OverLimit = overRefuse
	c.Log.Level, c.Log.Format = "info", "text"
	c.AccessManager.Prefixes = []string{accessmanager.DefaultPrefix}
	c.defaultDirectory()
	return c
}

// resolve makes paths count from a folder.
func (c *config) resolve(folder string) {
	paths := []*string{&c.KeyFile, &c.TLS.Certificate, &c.TLS.Key, &c.Directory.LDIF, &c.Directory.LDAP.PasswordFile, &c.Sessions.Store}
	for _, list := range [][]string{c.Trust.Anchors, c.Trust.Intermediates, c.Trust.RevocationLists, c.Directory.LDAP.Anchors, c.AccessManager.Anchors} {
		for i := range list {
			paths = append(paths, &list[i])
		}
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(folder, *p)
		}
	}
}

// check reports all faults together.
func (c *config) check() error {
	var errs []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	fault(len(c.Listen) == 0, "listen names no address")
	fault(c.BaseURL == "", "base_url is missing: the address clients know this server by")
	fault(c.TLS.Certificate == "", "tls.certificate is missing")
	fault(c.TLS.Key == "", "tls.key is missing")
	fault(len(c.Trust.Anchors) == 0, "trust.anchors is empty: nobody could sign on")
	c.checkDirectory(fault)
	fault(c.KeyFile == "", "key_file is empty")
	fault(!slices.Contains([]string{storeBolt, storePostgres}, c.Store.Kind),
		"store.kind is %q and must be %q or %q", c.Store.Kind, storeBolt, storePostgres)
	fault(c.Store.Kind == storeBolt && c.Store.Address != "", "store.address is of no use to %q, whose file is sessions.store", storeBolt)
	fault(c.Store.Kind != storeBolt && c.Store.Address == "", "store.address is missing: where the store of sessions is")
	fault(c.Sessions.Store == "", "sessions.store is empty")
	fault(c.Requests < 0, "requests must not be negative")
	fault(c.Trust.MaxListAge < 0, "trust.max_list_age must not be negative")
	fault(time.Duration(c.Sessions.Idle) < time.Minute, "sessions.idle must be a minute or more")
	fault(time.Duration(c.Sessions.Max) < time.Minute, "sessions.max must be a minute or more")
	fault(c.Sessions.Unused <= 0, "sessions.unused must be more than nothing")
	fault(c.Sessions.Limit < 0, "sessions.limit must not be negative")
	fault(!slices.Contains([]string{overRefuse, overEndOldest}, c.Sessions.OverLimit),
		"sessions.over_limit is %q and must be %q or %q", c.Sessions.OverLimit, overRefuse, overEndOldest)
	fault(!slices.Contains([]string{"text", "json"}, c.Log.Format), `log.format is %q and must be "text" or "json"`, c.Log.Format)
	_, err := c.level()
	fault(err != nil, `log.level is %q and must be "debug", "info", "warn" or "error"`, c.Log.Level)
	return errors.Join(errs...)
}

func (c *config) level() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(c.Log.Level))
	return l, err
}
