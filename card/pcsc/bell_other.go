//go:build !linux && !windows

package pcsc

// newBell: there is no notice of the service here. On macOS it is started by
// the system on demand, so that it is hardly ever away.
func newBell() (b bell, notices bool) { return silent{}, false }

// refused: the service tells a refused user by itself.
func refused(err error) error { return err }
