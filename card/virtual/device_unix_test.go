//go:build unix

package virtual

import (
	"os"
	"testing"
)

func TestDeviceKeyFileOthersCanRead(t *testing.T) {
	d := &Device{Dir: t.TempDir()}
	mustKey(t, d)
	if err := os.Chmod(d.path(keyFile), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := d.DeviceKey(t.Context()); err == nil {
		t.Error("a key others can read was taken")
	}
}
