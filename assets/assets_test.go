package assets_test

import (
	"bytes"
	"testing"

	"lanyard/assets"
)

func TestDemoDirectoryIsACopy(t *testing.T) {
	a := assets.DemoDirectory()
	if !bytes.HasPrefix(a, []byte("version: 1\n")) {
		t.Fatalf("begins with %.20q", a)
	}
	clear(a)
	if !bytes.HasPrefix(assets.DemoDirectory(), []byte("version: 1\n")) {
		t.Error("what a caller does to it changes it for others")
	}
}
