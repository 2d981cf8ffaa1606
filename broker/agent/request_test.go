package agent

import (
	"context"
	"errors"
	"testing"

	"lanyard/card"
)

func TestRequestsThatAreNotTakenWipeTheirPIN(t *testing.T) {
	bubble(t, Normal, func(d *desk) {
		pin := card.NewPIN([]byte(testPIN))
		if err := d.agent.Do(d.t.Context(), SubmitPIN{Gen: 1, PIN: pin}); !errors.Is(err, ErrPhase) || pin.Len() != 0 {
			d.t.Fatalf("no card: %v, %d octets left", err, pin.Len())
		}
		d.signOn()
		pin = card.NewPIN([]byte(testPIN))
		if err := d.agent.Do(d.t.Context(), SubmitPIN{Gen: 1, PIN: pin}); !errors.Is(err, ErrPhase) || pin.Len() != 0 {
			d.t.Fatalf("signed on: %v, %d octets left", err, pin.Len())
		}
		d.quit()
		pin = card.NewPIN([]byte(testPIN))
		if err := d.agent.Do(d.t.Context(), SubmitPIN{Gen: 1, PIN: pin}); !errors.Is(err, ErrStopping) || pin.Len() != 0 {
			d.t.Fatalf("stopped: %v, %d octets left", err, pin.Len())
		}
		var last Snapshot
		if err := d.agent.Watch(d.t.Context(), func(s Snapshot) { last = s }); !errors.Is(err, ErrStopping) || last.UID != "" {
			d.t.Fatalf("watching a stopped agent: %v, %+v", err, last)
		}
	})
}

func TestRequestOfACallerWhoGaveUp(t *testing.T) {
	a, err := New(Config{Watcher: newDrawer(), Opener: newDrawer(), Server: newServer(), Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pin := card.NewPIN([]byte(testPIN))
	if err := a.Do(ctx, SubmitPIN{Gen: 1, PIN: pin}); !errors.Is(err, context.Canceled) || pin.Len() != 0 {
		t.Fatalf("%v, %d octets left", err, pin.Len())
	}
}

func TestConfigThatLacksSomething(t *testing.T) {
	good := Config{Watcher: newDrawer(), Opener: newDrawer(), Server: newServer(), Log: quiet()}
	for name, change := range map[string]func(*Config){
		"watcher": func(c *Config) { c.Watcher = nil },
		"opener":  func(c *Config) { c.Opener = nil },
		"server":  func(c *Config) { c.Server = nil },
		"log":     func(c *Config) { c.Log = nil },
		"mode":    func(c *Config) { c.Mode = 9 },
	} {
		c := good
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("an agent without its %s", name)
		}
	}
}
