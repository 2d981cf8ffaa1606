package main

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// writes counts the writes that arrive.
type writes struct{ all []string }

func (w *writes) Write(p []byte) (int, error) {
	w.all = append(w.all, string(p))
	return len(p), nil
}

func TestLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &writes{}
		l := &lines{out: w}
		write := func(s string) {
			if n, err := l.Write([]byte(s)); n != len(s) || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		}
		want := func(n int, last string) {
			t.Helper()
			synctest.Wait()
			l.mu.Lock() // orders this read and the timer's next write
			defer l.mu.Unlock()
			if len(w.all) != n || n > 0 && w.all[n-1] != last {
				t.Errorf("writes %q, want %d, the last %q", w.all, n, last)
			}
		}
		write("a\n")
		write("b\n")
		want(0, "")
		time.Sleep(gatherFor)
		want(1, "a\nb\n")
		time.Sleep(time.Minute)
		want(1, "a\nb\n")
		long := strings.Repeat("x", gatherMost)
		write(long)
		want(2, long)
		write("c\n")
		l.Close()
		want(3, "c\n")
		write("d\n")
		want(4, "d\n")
		time.Sleep(time.Minute)
		want(4, "d\n")
	})
}
