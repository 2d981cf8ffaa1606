package pcsc

import (
	"context"
	"time"

	"golang.org/x/sys/windows"
)

// startedBell rings while the service runs: its started event stays set. The
// service is started by the system with the first reader and stopped with the
// last one.
type startedBell struct {
	started windows.Handle
	ended   windows.Handle // set at the end of ctx
	release *windows.LazyProc
}

// pace keeps a service that runs and does not answer from costing a core.
const pace = time.Second

func newBell() (b bell, notices bool) {
	winscard := windows.NewLazySystemDLL("winscard.dll")
	access := winscard.NewProc("SCardAccessStartedEvent")
	release := winscard.NewProc("SCardReleaseStartedEvent")
	if access.Find() != nil || release.Find() != nil {
		return silent{}, false
	}
	started, _, _ := access.Call()
	if started == 0 {
		return silent{}, false
	}
	ended, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		_, _, _ = release.Call()
		return silent{}, false
	}
	return &startedBell{started: windows.Handle(started), ended: ended, release: release}, true
}

func (b *startedBell) arm() {}

func (b *startedBell) wait(ctx context.Context, d time.Duration) bool {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		_ = windows.SetEvent(b.ended)
	})
	defer func() {
		if !stop() {
			<-ended
		}
	}()
	handles := []windows.Handle{b.ended, b.started}
	ev, err := windows.WaitForMultipleObjects(handles, false, uint32(d.Milliseconds()))
	if err != nil || ev != windows.WAIT_OBJECT_0+1 {
		return false
	}
	pause(ctx, min(d, pace))
	return false
}

func (b *startedBell) close() {
	_ = windows.CloseHandle(b.ended)
	_, _, _ = b.release.Call()
}

// refused: Windows tells a refused user by itself.
func refused(err error) error { return err }
