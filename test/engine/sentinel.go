//go:build unix

package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// RedisSentinel is a master with replicas, and Sentinels that watch it.
type RedisSentinel struct {
	tb        testing.TB
	Name      string   // what the Sentinels call the master
	Nodes     []*Redis // the first is the master, at first
	Addresses []string // of the Sentinels
}

// sentinels is how many watch; two of them have to agree.
const sentinels = 3

// StartRedisSentinel runs a master with so many replicas, then the Sentinels.
func StartRedisSentinel(tb testing.TB, replicas int) *RedisSentinel {
	tb.Helper()
	s := &RedisSentinel{tb: tb, Name: "lanyard", Nodes: []*Redis{StartRedis(tb)}}
	host, port, _ := strings.Cut(s.Nodes[0].Address, ":")
	for range replicas {
		s.Nodes = append(s.Nodes, StartRedis(tb, "replicaof "+host+" "+port))
	}
	for _, r := range s.Nodes[1:] {
		until(tb, "the replica at "+r.Address, func() error {
			return says(r, "master_link_status:up", "info", "replication")
		})
	}
	for range sentinels { // after the replicas, which they would not learn of for 10 s
		s.watch(host, port)
	}
	for _, a := range s.Addresses {
		until(tb, "the Sentinel at "+a, func() error {
			return says(&Redis{Address: a}, fmt.Sprintf("slaves=%d,sentinels=%d", replicas, sentinels), "info", "sentinel")
		})
	}
	return s
}

// watch starts one Sentinel.
func (s *RedisSentinel) watch(host, masterPort string) {
	s.tb.Helper()
	at, dir := port(s.tb), s.tb.TempDir()
	file := filepath.Join(dir, "sentinel.conf") // which it writes to
	fatal(s.tb, os.WriteFile(file, fmt.Appendf(nil, `port %d
bind 127.0.0.1
dir %s
sentinel monitor %[3]s %[4]s %[5]s 2
sentinel down-after-milliseconds %[3]s %[6]d
sentinel failover-timeout %[3]s 5000
`, at, dir, s.Name, host, masterPort, nodeTimeout), 0o600), "settings of Sentinel")
	address := address(at)
	run(s.tb, "redis-sentinel "+address, func() *exec.Cmd { return exec.Command("redis-server", file, "--sentinel") })
	until(s.tb, "Sentinel", func() error { return answers(address) })
	s.Addresses = append(s.Addresses, address)
}

// says tells whether an answer of a server holds a text.
func says(r *Redis, text string, args ...string) error {
	if out, err := r.Ask(args...); err != nil || !strings.Contains(out, text) {
		return fmt.Errorf("%w %s", err, out)
	}
	return nil
}
