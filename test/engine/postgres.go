//go:build unix

package engine

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
)

// Postgres is a PostgreSQL server of the test's own.
type Postgres struct {
	*process
	port int
	bin  string
	made atomic.Int32
}

// StartPostgres makes a cluster and runs it with fsync on, as the product wants.
func StartPostgres(tb testing.TB) *Postgres {
	tb.Helper()
	p := &Postgres{bin: postgresBin(tb), port: port(tb)}
	root, err := os.MkdirTemp("", "pg") // short: sockets stand in it
	fatal(tb, err, "folder for PostgreSQL")
	tb.Cleanup(func() { _ = os.RemoveAll(root) })
	as := postgresUser(tb, root)
	data := filepath.Join(root, "data")
	init := exec.Command(filepath.Join(p.bin, "initdb"), "-D", data, "-U", "lanyard", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	init.SysProcAttr, init.Dir = as(), root
	must(tb, init)
	p.process = run(tb, "postgres", func() *exec.Cmd {
		cmd := exec.Command(filepath.Join(p.bin, "postgres"), "-D", data, "-c", "listen_addresses=127.0.0.1",
			"-c", "port="+strconv.Itoa(p.port), "-c", "unix_socket_directories="+root, "-c", "max_connections=200")
		cmd.SysProcAttr, cmd.Dir = as(), root
		return cmd
	})
	p.ready()
	return p
}

// ready waits until the server takes connections.
func (p *Postgres) ready() {
	p.tb.Helper()
	until(p.tb, "PostgreSQL", func() error {
		return exec.Command(filepath.Join(p.bin, "pg_isready"), "-q", "-U", "lanyard", "-h", "127.0.0.1", "-p", strconv.Itoa(p.port)).Run()
	})
}

// Restart starts the server again after Kill.
func (p *Postgres) Restart() {
	p.tb.Helper()
	p.start()
	p.ready()
}

// Database makes an empty database and returns its address.
func (p *Postgres) Database(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprintf("lanyard%d", p.made.Add(1))
	must(tb, exec.Command(filepath.Join(p.bin, "createdb"), "-h", "127.0.0.1", "-p", strconv.Itoa(p.port), "-U", "lanyard", name))
	return fmt.Sprintf("postgres://lanyard@127.0.0.1:%d/%s?sslmode=disable", p.port, name)
}

// postgresBin finds the newest server that is installed.
func postgresBin(tb testing.TB) string {
	tb.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		tb.Fatal("no PostgreSQL server is installed: packaging/setup.sh test")
	}
	return filepath.Dir(slices.Max(found))
}

// postgresUser gives the folder to somebody who may run PostgreSQL: it refuses
// root.
func postgresUser(tb testing.TB, root string) func() *syscall.SysProcAttr {
	tb.Helper()
	if os.Getuid() != 0 {
		return func() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
	}
	u, err := user.Lookup("postgres")
	fatal(tb, err, "the user that PostgreSQL runs as")
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	fatal(tb, err, "user "+u.Uid)
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	fatal(tb, err, "group "+u.Gid)
	fatal(tb, os.Chown(root, int(uid), int(gid)), "folder for PostgreSQL")
	return func() *syscall.SysProcAttr {
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
}
