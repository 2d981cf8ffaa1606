//go:build unix

package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Redis is one Redis server of the test's own.
type Redis struct {
	*process
	Address string
}

// StartRedis runs a single server that keeps what it is told on disk, with more
// lines of settings where a test wants them.
func StartRedis(tb testing.TB, settings ...string) *Redis {
	tb.Helper()
	return startRedis(tb, port(tb), settings...)
}

// StartRedisTLS runs a single server that speaks TLS alone.
func StartRedisTLS(tb testing.TB, certificate, key string, settings ...string) *Redis {
	tb.Helper()
	at := port(tb)
	return startRedis(tb, at, append([]string{
		"port 0", "tls-port " + strconv.Itoa(at), "tls-cert-file " + certificate, "tls-key-file " + key, "tls-auth-clients no",
	}, settings...)...)
}

func startRedis(tb testing.TB, port int, more ...string) *Redis {
	tb.Helper()
	dir := tb.TempDir()
	lines := append([]string{
		"port " + strconv.Itoa(port), "bind 127.0.0.1", "dir " + dir, "appendonly yes", `save ""`, "repl-diskless-sync-delay 0",
	}, more...)
	file := filepath.Join(dir, "redis.conf")
	fatal(tb, os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600), "settings of Redis")
	r := &Redis{Address: address(port)}
	r.process = run(tb, "redis-server "+r.Address, func() *exec.Cmd { return exec.Command("redis-server", file) })
	r.ready()
	return r
}

func (r *Redis) ready() {
	r.tb.Helper()
	until(r.tb, "Redis", func() error { return answers(r.Address) })
}

// Restart starts the server again after Kill.
func (r *Redis) Restart() {
	r.tb.Helper()
	r.start()
	r.ready()
}

// Ask runs a command at the server and returns its answer.
func (r *Redis) Ask(args ...string) (string, error) {
	host, port, _ := strings.Cut(r.Address, ":")
	out, err := exec.Command("redis-cli", append([]string{"-h", host, "-p", port}, args...)...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// RedisCluster is a cluster of the test's own.
type RedisCluster struct {
	tb    testing.TB
	Nodes []*Redis
}

// nodeTimeout is after how many milliseconds a node that is silent counts as
// down.
const nodeTimeout = 1000

// StartRedisCluster runs a cluster of so many masters, each with so many
// replicas.
func StartRedisCluster(tb testing.TB, masters, replicas int) *RedisCluster {
	tb.Helper()
	c := &RedisCluster{tb: tb}
	create := []string{"--cluster", "create"}
	for range masters * (1 + replicas) {
		n := startRedis(tb, clusterPort(tb), "cluster-enabled yes", "cluster-config-file nodes.conf", fmt.Sprintf("cluster-node-timeout %d", nodeTimeout))
		c.Nodes = append(c.Nodes, n)
		create = append(create, n.Address)
	}
	must(tb, exec.Command("redis-cli", append(create, "--cluster-replicas", strconv.Itoa(replicas), "--cluster-yes")...))
	c.Settle()
	return c
}

// clusterPort finds a port whose bus port, 10000 above it, exists.
func clusterPort(tb testing.TB) int {
	tb.Helper()
	const highest = 65535 - 10000
	for {
		if p := port(tb); p <= highest {
			return p
		}
	}
}

// Settle waits until every node sees the whole cluster and every replica its
// master.
func (c *RedisCluster) Settle() {
	c.tb.Helper()
	for _, n := range c.Nodes {
		until(c.tb, "the cluster at "+n.Address, func() error {
			if out, err := n.Ask("cluster", "info"); err != nil || !strings.Contains(out, "cluster_state:ok") {
				return fmt.Errorf("%w %s", err, out)
			}
			out, err := n.Ask("info", "replication")
			if err != nil || strings.Contains(out, "role:slave") && !strings.Contains(out, "master_link_status:up") {
				return fmt.Errorf("%w %s", err, out)
			}
			return nil
		})
	}
}

// Masters returns the nodes that are masters at the moment.
func (c *RedisCluster) Masters() (all []*Redis) {
	for _, n := range c.Nodes {
		if out, err := n.Ask("info", "replication"); err == nil && strings.Contains(out, "role:master") {
			all = append(all, n)
		}
	}
	return all
}

// Addresses are those of all nodes.
func (c *RedisCluster) Addresses() (all []string) {
	for _, n := range c.Nodes {
		all = append(all, n.Address)
	}
	return all
}

// Reshard moves so many of a master's slots to another, with what is in them.
func (c *RedisCluster) Reshard(from, to *Redis, slots int) {
	c.tb.Helper()
	id := func(r *Redis) string {
		out, err := r.Ask("cluster", "myid")
		fatal(c.tb, err, out)
		return out
	}
	must(c.tb, exec.Command("redis-cli", "--cluster", "reshard", from.Address, "--cluster-from", id(from), "--cluster-to", id(to),
		"--cluster-slots", strconv.Itoa(slots), "--cluster-yes"))
}
