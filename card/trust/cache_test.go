package trust_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lanyard/card"
	"lanyard/card/trust"
)

func TestCache(t *testing.T) {
	top := root(t, "Root", ecKey(t))
	c := top.person(t, ecKey(t))
	file := filepath.Join(t.TempDir(), "crl.der")
	write := func(der []byte) {
		t.Helper()
		if err := os.WriteFile(file, der, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(top.crl(t, now.AddDate(0, 0, -1), nil))
	s := newStore(t, trust.Config{Anchors: certs(top), CRLFiles: []string{file}})
	cache := trust.NewCache(s, 2)
	check := func(at time.Time, p card.Purpose, want error) {
		t.Helper()
		for range 2 {
			if _, err := cache.Verify(t.Context(), c, nil, at, p); !errors.Is(err, want) {
				t.Errorf("at %s for %s: %v, want %v", at, p, err, want)
			}
		}
	}
	check(now, card.Authentication, nil)
	check(now, card.ContentCommitment, trust.ErrUsage)
	check(now.AddDate(0, 0, 5), card.Authentication, nil)
	check(now.AddDate(0, 0, 7), card.Authentication, trust.ErrRevocationUnknown)
	check(c.NotAfter.Add(time.Second), card.Authentication, trust.ErrDates)
	check(c.NotBefore.Add(-time.Second), card.Authentication, trust.ErrDates)
	for range 5 { // more than it holds
		if _, err := cache.Verify(t.Context(), top.person(t, ecKey(t)), nil, now, card.Authentication); err != nil {
			t.Error(err)
		}
	}
	check(now, card.Authentication, nil)

	write(top.crl(t, now, nil, entry(c, now.Add(-time.Hour))))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	check(now, card.Authentication, trust.ErrRevoked)
	if _, err := cache.Verify(t.Context(), nil, nil, now, card.Authentication); !errors.Is(err, trust.ErrUntrusted) {
		t.Errorf("no certificate: %v", err)
	}
}

// TestCacheUnderReload: once a reload that revokes has returned, no check says
// otherwise.
func TestCacheUnderReload(t *testing.T) {
	top := root(t, "Root", ecKey(t))
	c := top.person(t, ecKey(t))
	file := filepath.Join(t.TempDir(), "crl.der")
	if err := os.WriteFile(file, top.crl(t, now.AddDate(0, 0, -1), nil), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newStore(t, trust.Config{Anchors: certs(top), CRLFiles: []string{file}})
	cache := trust.NewCache(s, 10)
	revoking := top.crl(t, now, nil, entry(c, now))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = cache.Verify(t.Context(), c, nil, now, card.Authentication)
				}
			}
		})
	}
	if err := os.WriteFile(file, revoking, 0o600); err != nil {
		t.Error(err)
	}
	if err := s.Reload(); err != nil {
		t.Error(err)
	}
	for range 100 {
		if _, err := cache.Verify(t.Context(), c, nil, now, card.Authentication); !errors.Is(err, trust.ErrRevoked) {
			t.Errorf("error %v after the reload", err)
		}
	}
	close(stop)
	wg.Wait()
}

func BenchmarkVerify(b *testing.B) {
	top := root(b, "Root", rsaKey(b, 2048))
	sub := top.sub(b, "Sub", rsaKey(b, 2048))
	c := sub.person(b, rsaKey(b, 2048))
	s := newStore(b, trust.Config{
		Anchors: certs(top), Intermediates: certs(sub), Policy: trust.Policy{RequireCRL: true},
		CRLs: [][]byte{sub.crl(b, now, nil), top.crl(b, now, nil)},
	})
	for name, v := range map[string]trust.Verifier{"store": s, "cache": trust.NewCache(s, 10)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := v.Verify(b.Context(), c, nil, now, card.Authentication); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
