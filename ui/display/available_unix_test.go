//go:build !windows && !darwin

package display

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"testing"
)

func TestAddresses(t *testing.T) {
	for name, want := range map[string][]address{
		":0":           {{"unix", "@/tmp/.X11-unix/X0"}, {"unix", "/tmp/.X11-unix/X0"}},
		":12.1":        {{"unix", "@/tmp/.X11-unix/X12"}, {"unix", "/tmp/.X11-unix/X12"}},
		"unix:3":       {{"unix", "@/tmp/.X11-unix/X3"}, {"unix", "/tmp/.X11-unix/X3"}},
		"ward:1.0":     {{"tcp", "ward:6001"}},
		"[::1]:10":     {{"tcp", "[::1]:6010"}},
		"::1:10":       {{"tcp", "[::1]:6010"}},
		"/run/x:0":     {{"unix", "/run/x"}, {"unix", "/run/x:0"}},
		"ward":         nil,
		":":            nil,
		":-1":          nil,
		":99999":       nil,
		"ward:display": nil,
	} {
		if got := addresses(name); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "display:0")
	for _, c := range []struct {
		name, display string
		want          error
	}{
		{"none is named", "", ErrNone},
		{"nobody listens", socket, ErrSilent},
		{"no name", "nonsense", ErrSilent},
	} {
		t.Setenv("DISPLAY", c.display)
		if err := Check(t.Context()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	t.Setenv("DISPLAY", socket)
	if err := Check(t.Context()); err != nil {
		t.Errorf("somebody listens: %v", err)
	}
}
