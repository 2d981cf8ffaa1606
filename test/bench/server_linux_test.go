package bench_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// server is a process on the first core.
type server struct {
	b       *testing.B
	name    string
	cmd     *exec.Cmd
	address string
	tls     *tls.Config
	client  *http.Client // for what is not measured
}

// run starts a program on the first core and waits until it says "ready".
func run(b *testing.B, roots *x509.CertPool, dir, name string, args ...string) *server {
	b.Helper()
	log, err := os.Create(filepath.Join(dir, name+".log"))
	check(b, err)
	defer log.Close()
	cmd := exec.Command("taskset", append([]string{"-c", "0", filepath.Join(dir, name)}, args...)...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=400") // the product's own setting, for both
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	check(b, err)
	check(b, cmd.Start())
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // the bare one knows no orderly end
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		b.Fatalf("%s: %v\n%s", name, err, text)
	}
	s := &server{
		b: b, name: name, cmd: cmd, address: strings.TrimPrefix(strings.TrimSpace(line), "ready "),
		tls: &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS13},
	}
	transport := &http.Transport{TLSClientConfig: s.tls, MaxIdleConnsPerHost: connections}
	b.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{Transport: transport}
	return s
}

// cpu returns the time that the kernel has booked on the process, all its
// threads, in user and kernel mode: its CPU-time clock (clock_getcpuclockid).
func (s *server) cpu() time.Duration {
	s.b.Helper()
	const sched = 2
	var t unix.Timespec
	check(s.b, unix.ClockGettime(int32(^s.cmd.Process.Pid<<3|sched), &t))
	return time.Duration(t.Nano())
}

// pair is what product and bare handler cost in the rounds, each round one
// after the other.
type pair struct {
	product, bare series
	busy          []float64 // the part of a round in which the product had the core
}

// round has both answer the same requests, one after the other.
func (p *pair) round(product, bare *server, request func(to *server, i int) []byte, n int, want string) {
	send := func(to *server) (time.Duration, float64) {
		all := make(requests, n)
		for i := range all {
			all[i] = request(to, i)
		}
		return to.load(all, want)
	}
	each, busy := send(product)
	p.product, p.busy = append(p.product, each), append(p.busy, busy)
	each, _ = send(bare)
	p.bare = append(p.bare, each)
}

// report tells what a request costs both, and the median of the rounds' ratios.
func (p *pair) report(b *testing.B) {
	b.Helper()
	slices.Sort(p.busy)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(1e6/p.product.micros(), "req/cpu-s")
	b.ReportMetric(p.product.micros(), "µs/req")
	b.ReportMetric(p.bare.micros(), "bare-µs/req")
	b.ReportMetric(p.product.times(p.bare), "x-bare")
	b.ReportMetric(p.busy[len(p.busy)/2], "busy")
	b.ReportMetric(connections, "connections")
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
