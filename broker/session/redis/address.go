package redis

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// kind is how Redis is set up.
type kind int

const (
	single kind = iota
	sentinel
	cluster
)

// address is an address taken apart.
type address struct {
	kind     kind
	tls      bool
	user     string
	password string
	hosts    []string // host:port
	master   string   // what Sentinel calls it
	db       int
}

const (
	maxAddress   = 4096 // octets
	redisPort    = "6379"
	sentinelPort = "26379"
	highestDB    = 1 << 16
)

// The faults of an address. No error quotes it: it may hold a password.
var (
	errScheme = errors.New(`address must begin with "redis://", "redis+sentinel://" or "redis+cluster://", or with "rediss" in place of "redis" for TLS`)
	errLong   = fmt.Errorf("address is longer than %d characters", maxAddress)
	errUser   = errors.New("user or password in the address is not written as in a URL: escape special characters as %XX")
	errHost   = errors.New("address has no host, or one that is not of the form host:port")
	errHosts  = errors.New(`address names several hosts: write "redis+cluster://" or "redis+sentinel://"`)
	errMaster = errors.New(`address must name the master that Sentinel watches: "redis+sentinel://host:port,host:port/master"`)
	errDB     = errors.New("database in the address is not a number from 0")
	errPath   = errors.New("address has more behind its hosts than it can: a cluster has one database, and there are no parameters")
)

// parseAddress reads what [Open] describes.
func parseAddress(text string) (a address, err error) {
	if len(text) > maxAddress {
		return a, errLong
	}
	scheme, rest, found := strings.Cut(text, "://")
	if !found || !a.readScheme(scheme) {
		return a, errScheme
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		if err := a.readUser(rest[:at]); err != nil {
			return a, err
		}
		rest = rest[at+1:]
	}
	hosts, path, _ := strings.Cut(rest, "/")
	if err := a.readHosts(hosts); err != nil {
		return a, err
	}
	return a, a.readPath(path)
}

func (a *address) readScheme(text string) bool {
	base, form, formed := strings.Cut(text, "+")
	switch {
	case !formed:
		a.kind = single
	case form == "sentinel":
		a.kind = sentinel
	case form == "cluster":
		a.kind = cluster
	default:
		return false
	}
	a.tls = base == "rediss"
	return a.tls || base == "redis"
}

func (a *address) readUser(text string) error {
	user, password, _ := strings.Cut(text, ":")
	var bad [2]error
	a.user, bad[0] = url.PathUnescape(user)
	a.password, bad[1] = url.PathUnescape(password)
	if bad[0] != nil || bad[1] != nil {
		return errUser // the cause would quote the password
	}
	return nil
}

func (a *address) readHosts(text string) error {
	port := redisPort
	if a.kind == sentinel {
		port = sentinelPort
	}
	for host := range strings.SplitSeq(text, ",") {
		if !strings.Contains(host, ":") || strings.HasSuffix(host, "]") {
			host += ":" + port
		}
		name, number, err := net.SplitHostPort(host)
		if err != nil || name == "" || strings.ContainsAny(name, "/?#@%[] \t\r\n") {
			return errHost
		}
		if n, err := strconv.ParseUint(number, 10, 16); err != nil || n == 0 {
			return errHost
		}
		a.hosts = append(a.hosts, net.JoinHostPort(name, number))
	}
	if a.kind == single && len(a.hosts) > 1 {
		return errHosts
	}
	return nil
}

func (a *address) readPath(path string) error {
	if strings.ContainsAny(path, "?#") || a.kind == cluster && path != "" {
		return errPath
	}
	db := path
	if a.kind == sentinel {
		a.master, db, _ = strings.Cut(path, "/")
		if a.master == "" {
			return errMaster
		}
	}
	if db == "" {
		return nil
	}
	n, err := strconv.ParseUint(db, 10, 32)
	if err != nil || n > highestDB {
		return errDB
	}
	a.db = int(n)
	return nil
}
