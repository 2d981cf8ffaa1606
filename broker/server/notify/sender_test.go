package notify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lanyard/broker/server/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// started runs a sender until the test ends.
func started(t *testing.T, log io.Writer, hosts ...string) *notify.Sender {
	t.Helper()
	s := notify.New(notify.Config{Hosts: hosts, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return s
}

func hostOf(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }

func TestCheck(t *testing.T) {
	s := notify.New(notify.Config{Hosts: []string{"app.example", "APP.example:8443", "[::1]:9"}, Log: slog.New(slog.DiscardHandler)})
	for address, ok := range map[string]bool{
		"https://app.example/n?a=1":                             true,
		"https://APP.EXAMPLE:443/":                              true,
		"http://app.example:80/n":                               true,
		"https://app.example:8443/":                             true,
		"http://[::1]:9/":                                       true,
		"https://app.example:80/":                               false,
		"https://app.example:8444/":                             false,
		"https://app.example.evil.example/":                     false,
		"https://evil.example/app.example":                      false,
		"https://app.example@evil.example/":                     false,
		"https://user@app.example/":                             false,
		"https://app.example./":                                 false,
		"ftp://app.example/":                                    false,
		"file:///app.example":                                   false,
		"//app.example/":                                        false,
		"":                                                      false,
		"https://app.example\\@evil.example/":                   false,
		"https://app.example/" + strings.Repeat("x", 1024):      false,
		"https://evil.example#@app.example/":                    false,
		"https://evil.example?https://app.example:8443/app.com": false,
	} {
		if err := s.Check(address); (err == nil) != ok || err != nil && !errors.Is(err, notify.ErrNotAllowed) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestDelivery: the document comes whole, with its length, until it is taken.
func TestDelivery(t *testing.T) {
	var tries atomic.Int32
	got := make(chan string, 1)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if len(r.TransferEncoding) != 0 || r.ContentLength != int64(len(body)) || r.Header.Get("Content-Type") != "text/xml;charset=UTF-8" {
			t.Errorf("length %d, encoding %v, type %q", r.ContentLength, r.TransferEncoding, r.Header.Get("Content-Type"))
		}
		switch tries.Add(1) {
		case 1:
			_, _ = io.WriteString(w, "NOT OK")
		default:
			_, _ = io.WriteString(w, "OK\n")
			got <- r.URL.RawQuery + " " + string(body)
		}
	}))
	defer app.Close()
	var log journal
	s := started(t, &log, hostOf(app))
	if err := s.Send(app.URL+"/n?secret=1", []byte("<a>ticket</a>")); err != nil {
		t.Fatal(err)
	}
	select {
	case text := <-got:
		if text != "secret=1 <a>ticket</a>" || tries.Load() != 2 {
			t.Errorf("%q at try %d", text, tries.Load())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	if strings.Contains(log.String(), "secret") || strings.Contains(log.String(), "ticket") {
		t.Error(log.String())
	}
}

// TestNoDetours: a redirect leads nowhere, and a host that is not on the list
// is never asked.
func TestNoDetours(t *testing.T) {
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the canary was asked") }))
	defer canary.Close()
	asked := make(chan struct{}, 16)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, canary.URL, http.StatusTemporaryRedirect)
		asked <- struct{}{}
	}))
	defer app.Close()
	s := started(t, io.Discard, hostOf(app))
	if err := s.Send(canary.URL, nil); !errors.Is(err, notify.ErrNotAllowed) {
		t.Error(err)
	}
	if err := s.Send(app.URL, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // it is asked again, and not the canary
		select {
		case <-asked:
		case <-time.After(20 * time.Second):
			t.Fatal("not asked")
		}
	}
}

// TestBounded: what waits has a limit, and nobody waits to hand one over.
func TestBounded(t *testing.T) {
	s := notify.New(notify.Config{Hosts: []string{"127.0.0.1:1"}, Log: slog.New(slog.DiscardHandler)})
	for i := range 4097 {
		err := s.Send("http://127.0.0.1:1/", nil)
		if want := i == 4096; errors.Is(err, notify.ErrFull) != want {
			t.Fatalf("delivery %d: %v", i, err)
		}
	}
}

// journal collects a log.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
