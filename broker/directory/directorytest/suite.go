// Package directorytest holds every directory to the same behaviour. A test
// loads [LDIF] into its directory and calls [Run]. Only tests import it.
package directorytest

import (
	"context"
	_ "embed"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory"
)

//go:embed people.ldif
var people []byte

// LDIF is what the directory under test is to hold, in the shape of the
// national directory.
func LDIF() []byte { return append([]byte(nil), people...) }

// Run checks a directory that holds [LDIF].
func Run(t *testing.T, d directory.Directory) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("People", func(t *testing.T) {
		for _, want := range known(zone) {
			t.Run(want.CN(), func(t *testing.T) {
				got, err := d.User(t.Context(), want.UID)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
			})
		}
	})
	t.Run("Unknown", func(t *testing.T) { unknown(t, d) })
	t.Run("OpenRoles", func(t *testing.T) { openRoles(t, d, zone) })
	t.Run("Context", func(t *testing.T) { endedContext(t, d) })
	t.Run("Concurrent", func(t *testing.T) { concurrent(t, d) })
}

// unknown: nobody has these ids, whatever a query language makes of them.
func unknown(t *testing.T, d directory.Directory) {
	for _, uid := range []broker.UID{
		"900000000998", "", "*", "90000000001*", "900000000017)(uid=*", "900000000017,ou=People", "\x00", " 900000000017", "900000000017 ",
		"９０００００００００１７",
	} {
		u, err := d.User(t.Context(), uid)
		if !errors.Is(err, directory.ErrUnknown) || errors.Is(err, directory.ErrDown) || u != nil {
			t.Errorf("%q: %v, %v", uid, u, err)
		}
	}
}

// openRoles: a role ends when its last day begins in the United Kingdom.
func openRoles(t *testing.T, d directory.Directory, zone *time.Location) {
	u, err := d.User(t.Context(), "900000000033")
	if err != nil {
		t.Fatal(err)
	}
	last := time.Date(2026, 7, 1, 0, 0, 0, 0, zone) // 23:00 UTC the day before
	for at, want := range map[time.Time]int{last.Add(-time.Second): 2, last: 1, last.Add(30 * time.Minute): 1} {
		if got := len(u.OpenRoles(at)); got != want {
			t.Errorf("%d open roles at %s, want %d", got, at, want)
		}
	}
}

func endedContext(t *testing.T, d directory.Directory) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	u, err := d.User(ctx, "900000000017")
	if !errors.Is(err, context.Canceled) || errors.Is(err, directory.ErrUnknown) || u != nil {
		t.Errorf("%v, %v", u, err)
	}
}

func concurrent(t *testing.T, d directory.Directory) {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				u, err := d.User(t.Context(), "900000000017")
				if err != nil || u.UID != "900000000017" || len(u.Roles) != 2 {
					t.Errorf("%+v, %v", u, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
