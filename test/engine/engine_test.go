//go:build unix

package engine_test

import (
	"testing"

	"lanyard/test/engine"
)

func TestRedisComesBack(t *testing.T) {
	r := engine.StartRedis(t)
	if out, err := r.Ask("set", "a", "1"); err != nil || out != "OK" {
		t.Fatalf("%s %v", out, err)
	}
	r.Kill()
	if _, err := r.Ask("get", "a"); err == nil {
		t.Error("a server that was killed answers")
	}
	r.Restart()
	if out, err := r.Ask("get", "a"); err != nil || out != "1" {
		t.Errorf("after the restart: %s %v", out, err)
	}
}

func TestClusterElects(t *testing.T) {
	c := engine.StartRedisCluster(t, 3, 1)
	masters := c.Masters()
	if len(masters) != 3 {
		t.Fatalf("%d masters of 6", len(masters))
	}
	masters[0].Kill()
	masters[0].Restart()
	c.Settle()
	if n := len(c.Masters()); n != 3 {
		t.Errorf("%d masters after one was killed", n)
	}
}

func TestPostgresComesBack(t *testing.T) {
	p := engine.StartPostgres(t)
	p.Database(t)
	p.Kill()
	p.Restart()
	p.Database(t)
}
