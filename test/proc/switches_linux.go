package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

var voluntary = regexp.MustCompile(`(?m)^voluntary_ctxt_switches:\s*([0-9]+)$`)

// Switches returns the voluntary context switches of every thread of a
// process. A thread that sleeps without end does not count up.
func Switches(pid int) (map[int]uint64, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return nil, fmt.Errorf("process %d has no threads to look at", pid)
	}
	all := make(map[int]uint64, len(tasks))
	for _, t := range tasks {
		tid, err := strconv.Atoi(filepath.Base(t))
		if err != nil {
			return nil, err
		}
		status, err := os.ReadFile(filepath.Join(t, "status"))
		if os.IsNotExist(err) {
			continue // the thread ended meanwhile
		}
		if err != nil {
			return nil, err
		}
		m := voluntary.FindSubmatch(status)
		if m == nil {
			return nil, fmt.Errorf("%s/status tells no voluntary switches", t)
		}
		n, err := strconv.ParseUint(string(m[1]), 10, 64)
		if err != nil {
			return nil, err
		}
		all[tid] = n
	}
	return all, nil
}
