package main

import (
	"path/filepath"
	"testing"
)

func TestAccessManagerSettings(t *testing.T) {
	c := new(config)
	for _, host := range []string{"https://app.example", "app.example/", "*.example", "", "me@app.example"} {
		c.AccessManager.Listeners = []string{host}
		if _, err := c.accessManager(); err == nil {
			t.Errorf("host %q is taken", host)
		}
	}
	c.AccessManager.Listeners = []string{"app.example:8443"}
	c.AccessManager.Anchors = []string{filepath.Join(t.TempDir(), "none.crt")}
	if _, err := c.accessManager(); err == nil {
		t.Error("an authority that is not there is taken")
	}
	c.AccessManager.Anchors = nil
	if s, err := c.accessManager(); err != nil || s.ListenerTLS != nil || len(s.Listeners) != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}
