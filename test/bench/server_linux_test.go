package bench_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	connections = 16
	rounds      = 5
)

// server is a process on one core.
type server struct {
	b       *testing.B
	name    string
	cmd     *exec.Cmd
	address string
	client  *http.Client
}

// run starts a program on the first core and waits until it says "ready".
func run(b *testing.B, roots *x509.CertPool, dir, name string, args ...string) *server {
	b.Helper()
	log, err := os.Create(filepath.Join(dir, name+".log"))
	check(b, err)
	defer log.Close()
	cmd := exec.Command("taskset", append([]string{"-c", "0", filepath.Join(dir, name)}, args...)...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
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
	return &server{
		b: b, name: name, cmd: cmd, address: strings.TrimPrefix(strings.TrimSpace(line), "ready "),
		client: &http.Client{Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
			MaxConnsPerHost:     connections,
			MaxIdleConnsPerHost: connections,
		}},
	}
}

// cpu returns the time the kernel has booked on the process, all its threads,
// in user and kernel mode.
func (s *server) cpu() time.Duration {
	s.b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	check(s.b, err)
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, 14 and 15 counted from the process id
		n, err := strconv.ParseInt(field, 10, 64)
		check(s.b, err)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100 // USER_HZ
}

// request is what one request sends; it is called from many goroutines.
type request func(i int) (method, path string, body io.Reader)

// load sends n requests over the connections and returns the server's CPU time
// for each. want must stand in every answer.
func (s *server) load(n int, do request, want string) time.Duration {
	s.b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	faults := make(chan error, connections)
	before := s.cpu()
	for range connections {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := s.once(do, i, want); err != nil {
					faults <- err
					return
				}
			}
		})
	}
	wg.Wait()
	took := s.cpu() - before
	select {
	case err := <-faults:
		s.b.Fatalf("%s: %v", s.name, err)
	default:
	}
	return took / time.Duration(n)
}

func (s *server) once(do request, i int, want string) error {
	method, path, body := do(i)
	req, err := http.NewRequestWithContext(context.Background(), method, "https://"+s.address+path, body)
	if err != nil {
		return err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if !strings.Contains(string(text), want) {
		return fmt.Errorf("answer %d: %s", res.StatusCode, text)
	}
	return nil
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// report tells both costs and their ratio: the median of the rounds' ratios.
func report(b *testing.B, product, bare []time.Duration, aim float64) {
	b.Helper()
	ratios := make([]float64, len(product))
	for i := range product {
		ratios[i] = float64(product[i]) / float64(bare[i])
	}
	slices.Sort(ratios)
	ratio := ratios[len(ratios)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(time.Second)/float64(median(product)), "req/cpu-s")
	b.ReportMetric(float64(time.Second)/float64(median(bare)), "bare-req/cpu-s")
	b.ReportMetric(ratio, "ratio")
	b.ReportMetric(aim, "aim")
	b.ReportMetric(connections, "connections")
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
