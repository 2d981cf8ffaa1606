package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"lanyard/broker/session"
)

// RunShared holds a store to the contract of [session.Shared], beyond that of
// [Run]. It calls fresh for every test.
func RunShared(t *testing.T, fresh func(t *testing.T) Harness) {
	tests := []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"change", change},
		{"change returns fn's error and writes nothing", changeRefused},
		{"numbers have no gaps", numbers},
		{"read knows the number", readNumbered},
		{"renewal tells all changes", renewalTells},
		{"renewal tells when the log is too short", logTooShort},
		{"leases are listed", leasesListed},
		{"lease that is withdrawn", leaseWithdrawn},
		{"no renewal falls between change and list", neverMissed},
		{"messages", messages},
		{"shared after close", sharedAfterClose},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, fresh(t)) })
	}
}

func startShared(t *testing.T, h Harness, c *clock) session.Shared {
	t.Helper()
	s, ok := start(t, h, c).(session.Shared)
	if !ok {
		t.Fatal("the store is not shared")
	}
	return s
}

// changeBy makes a numbered change in the name of a node.
func changeBy(t *testing.T, s session.Shared, node, key string) session.Changed {
	t.Helper()
	done, err := s.Change(t.Context(), key, session.Asker{Node: node, Ask: 1}, addOne)
	if err != nil {
		t.Fatalf("change %s: %v", key, err)
	}
	return done
}

// renewOne renews a node's lease of one group.
func renewOne(t *testing.T, s session.Shared, l session.Lease, since session.Since) session.Renewed {
	t.Helper()
	all, err := s.Renew(t.Context(), l, []session.Since{since})
	if err != nil || len(all) != 1 || all[0].Group != since.Group {
		t.Fatalf("renew: %+v, %v", all, err)
	}
	return all[0]
}

func change(t *testing.T, h Harness) {
	c := newClock()
	s := startShared(t, h, c)
	create(t, s, lasting(c, "a", "o", "1"))
	done := changeBy(t, s, "n", "a")
	if r := done.Record; r.Key != "a" || r.Version != 2 || string(r.Data) != "2" || r.Owner != "o" || done.Number != 1 || len(done.Leases) != 0 {
		t.Errorf("changed %+v", done)
	}
	if got := get(t, s, "a"); got.Version != 2 || string(got.Data) != "2" {
		t.Errorf("store kept %+v", got)
	}
	if _, err := s.Change(t.Context(), "b", session.Asker{Node: "n"}, addOne); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("change of nothing: %v", err)
	}
	runs := 0
	done, err := s.Change(t.Context(), "a", session.Asker{Node: "n"}, func(r session.Record) (session.Record, error) {
		if runs++; runs == 1 {
			if _, err := s.Update(t.Context(), "a", addOne); err != nil {
				t.Errorf("update within: %v", err)
			}
		}
		return addOne(r)
	})
	if err != nil || runs != 2 || string(done.Record.Data) != "4" || done.Number != 2 {
		t.Errorf("after %d runs %+v, %v", runs, done, err)
	}
	c.forward(time.Hour)
	if _, err := s.Change(t.Context(), "a", session.Asker{Node: "n"}, addOne); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("change of an expired record: %v", err)
	}
}

func changeRefused(t *testing.T, h Harness) {
	c := newClock()
	s := startShared(t, h, c)
	create(t, s, lasting(c, "a", "", "1"))
	no := errors.New("no")
	_, err := s.Change(t.Context(), "a", session.Asker{Node: "n"}, func(r session.Record) (session.Record, error) { return r, no })
	if !errors.Is(err, no) {
		t.Errorf("change returned %v", err)
	}
	if r, number, err := s.Read(t.Context(), "a"); err != nil || r.Version != 1 || number != 0 {
		t.Errorf("a refused change made %+v, number %d, %v", r, number, err)
	}
}

// sameGroup returns keys of one group.
func sameGroup(group, n int) (keys []string) {
	for i := 0; len(keys) < n; i++ {
		if key := "k" + strconv.Itoa(i); session.GroupOf(key) == group {
			keys = append(keys, key)
		}
	}
	return keys
}

// numbers has writers of two handles change keys of two groups at once.
func numbers(t *testing.T, h Harness) {
	c := newClock()
	one, two := startShared(t, h, c), startShared(t, h, c)
	const each = 20
	keys := append(sameGroup(3, 2), sameGroup(7, 2)...)
	for _, key := range keys {
		create(t, one, lasting(c, key, "", "0"))
	}
	var mu sync.Mutex
	got := map[int][]uint64{}
	var all sync.WaitGroup
	for i, s := range []session.Shared{one, two} {
		for _, key := range keys {
			all.Go(func() {
				for range each {
					done, err := s.Change(t.Context(), key, session.Asker{Node: strconv.Itoa(i)}, addOne)
					if err != nil {
						t.Errorf("change: %v", err)
					}
					mu.Lock()
					got[session.GroupOf(key)] = append(got[session.GroupOf(key)], done.Number)
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	for _, group := range []int{3, 7} {
		slices.Sort(got[group])
		for i, n := range got[group] {
			if n != uint64(i)+1 {
				t.Fatalf("group %d has the numbers %v", group, got[group])
			}
		}
		if len(got[group]) != 4*each {
			t.Errorf("group %d has %d changes", group, len(got[group]))
		}
	}
}

func readNumbered(t *testing.T, h Harness) {
	c := newClock()
	s := startShared(t, h, c)
	keys := sameGroup(5, 2)
	if _, _, err := s.Read(t.Context(), keys[0]); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("read of nothing: %v", err)
	}
	want := lasting(c, keys[0], "o", "1")
	create(t, s, want)
	create(t, s, lasting(c, keys[1], "", "1"))
	changeBy(t, s, "n", keys[1])
	r, number, err := s.Read(t.Context(), keys[0])
	if err != nil || r.Version != 1 || r.Owner != "o" || string(r.Data) != "1" || !r.Expires.Equal(want.Expires) || number != 1 {
		t.Errorf("read %+v, number %d, %v", r, number, err)
	}
	c.forward(time.Hour)
	if _, _, err := s.Read(t.Context(), keys[0]); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("read of an expired record: %v", err)
	}
}

func renewalTells(t *testing.T, h Harness) {
	c := newClock()
	s := startShared(t, h, c)
	keys := sameGroup(2, 3)
	for _, key := range keys {
		create(t, s, lasting(c, key, "", "1"))
	}
	changeBy(t, s, "n", keys[0])
	changeBy(t, s, "n", keys[1])
	if _, err := s.Update(t.Context(), keys[2], addOne); err != nil { // has no number
		t.Fatal(err)
	}
	changeBy(t, s, "n", keys[0])
	all := []session.Change{{Number: 1, Key: keys[0]}, {Number: 2, Key: keys[1]}, {Number: 3, Key: keys[0]}}
	for known := range 4 {
		r := renewOne(t, s, session.Lease{Node: "m", Renewal: uint64(known) + 1}, session.Since{Group: 2, Number: uint64(known)})
		if r.Number != 3 || !slices.Equal(r.Changes, all[known:]) {
			t.Errorf("since %d: %+v", known, r)
		}
	}
	if r := renewOne(t, s, session.Lease{Node: "m", Renewal: 5}, session.Since{Group: 4}); r.Number != 0 || len(r.Changes) != 0 {
		t.Errorf("a quiet group: %+v", r)
	}
	if r := renewOne(t, s, session.Lease{Node: "m", Renewal: 6}, session.Since{Group: 2, Number: 9}); r.Number != 3 || len(r.Changes) != 0 {
		t.Errorf("a group that is not so far: %+v", r)
	}
	every := make([]session.Since, session.Groups)
	for i := range every {
		every[i].Group = i
	}
	got, err := s.Renew(t.Context(), session.Lease{Node: "m", Renewal: 7}, every)
	if err != nil || len(got) != session.Groups {
		t.Fatalf("renew all: %d, %v", len(got), err)
	}
	for _, r := range got {
		if want := r.Group == 2; want != (len(r.Changes) == 3) || want != (r.Number == 3) {
			t.Errorf("group %d: %+v", r.Group, r)
		}
	}
}

// logTooShort shows what a node is told that was away for long: fewer changes
// than there were.
func logTooShort(t *testing.T, h Harness) {
	c := newClock()
	s := startShared(t, h, c)
	key := sameGroup(2, 1)[0]
	create(t, s, lasting(c, key, "", "1"))
	const made = session.LogKept + 20
	for range made {
		changeBy(t, s, "n", key)
	}
	r := renewOne(t, s, session.Lease{Node: "m", Renewal: 1}, session.Since{Group: 2, Number: made - session.LogKept})
	if r.Number != made || len(r.Changes) != session.LogKept {
		t.Errorf("number %d, %d changes", r.Number, len(r.Changes))
	}
	r = renewOne(t, s, session.Lease{Node: "m", Renewal: 2}, session.Since{Group: 2})
	if r.Number != made || len(r.Changes) == made {
		t.Errorf("number %d, %d changes, and so many are not kept", r.Number, len(r.Changes))
	}
}

func leasesListed(t *testing.T, h Harness) {
	c := newClock()
	one, two := startShared(t, h, c), startShared(t, h, c)
	key := sameGroup(2, 1)[0]
	create(t, one, lasting(c, key, "", "1"))
	since := session.Since{Group: 2}
	renewOne(t, one, session.Lease{Node: "one", Renewal: 1}, since)
	if r := renewOne(t, two, session.Lease{Node: "two", Renewal: 8}, since); !slices.Equal(r.Leases, []session.Lease{{Node: "one", Renewal: 1}}) {
		t.Errorf("two sees %+v", r.Leases)
	}
	renewOne(t, one, session.Lease{Node: "one", Renewal: 2}, since)
	for node, want := range map[string][]session.Lease{
		"one":   {{Node: "two", Renewal: 8}},
		"two":   {{Node: "one", Renewal: 2}},
		"three": {{Node: "one", Renewal: 2}, {Node: "two", Renewal: 8}},
	} {
		got := changeBy(t, one, node, key).Leases
		slices.SortFunc(got, func(a, b session.Lease) int { return int(a.Renewal) - int(b.Renewal) })
		if !slices.Equal(got, want) {
			t.Errorf("%s is told of %+v, want %+v", node, got, want)
		}
	}
}

func leaseWithdrawn(t *testing.T, h Harness) {
	c := newClock()
	s := startShared(t, h, c)
	key := sameGroup(2, 1)[0]
	create(t, s, lasting(c, key, "", "1"))
	renewOne(t, s, session.Lease{Node: "one", Renewal: 2}, session.Since{Group: 2})
	withdraw := func(renewal uint64, left int) {
		t.Helper()
		if err := s.Withdraw(t.Context(), session.Lease{Node: "one", Renewal: renewal}); err != nil {
			t.Fatalf("withdraw: %v", err)
		}
		if got := changeBy(t, s, "n", key).Leases; len(got) != left {
			t.Errorf("after withdrawing renewal %d: %+v", renewal, got)
		}
	}
	withdraw(1, 1) // it was renewed since
	withdraw(2, 0)
	withdraw(2, 0) // is gone already
}

// neverMissed renews while changes are made. Whoever renews is in the list of a
// change that it was not told of.
func neverMissed(t *testing.T, h Harness) {
	c := newClock()
	one, two := startShared(t, h, c), startShared(t, h, c)
	key := sameGroup(2, 1)[0]
	create(t, one, lasting(c, key, "", "0"))
	const rounds = 100
	listed := map[uint64]uint64{} // change: renewal that it saw
	told := map[uint64]uint64{}   // renewal: last change that it was told of
	var all sync.WaitGroup
	all.Go(func() {
		for range rounds {
			done := changeBy(t, one, "one", key)
			listed[done.Number] = 0
			if len(done.Leases) == 1 {
				listed[done.Number] = done.Leases[0].Renewal
			}
		}
	})
	all.Go(func() {
		var known uint64
		for i := range rounds {
			r := renewOne(t, two, session.Lease{Node: "two", Renewal: uint64(i) + 1}, session.Since{Group: 2, Number: known})
			known = r.Number
			told[uint64(i)+1] = known
		}
	})
	all.Wait()
	for number, renewal := range listed {
		for r, known := range told {
			if r > renewal && known < number {
				t.Errorf("change %d saw renewal %d; renewal %d was told of %d changes", number, renewal, r, known)
			}
		}
	}
}

func messages(t *testing.T, h Harness) {
	c := newClock()
	one, two := startShared(t, h, c), startShared(t, h, c)
	key := sameGroup(2, 1)[0]
	create(t, one, lasting(c, key, "", "0"))
	ctx, cancel := context.WithCancel(t.Context())
	var listening sync.WaitGroup
	defer listening.Wait()
	defer cancel()
	heard := map[string]chan session.Message{"one": make(chan session.Message, 100), "two": make(chan session.Message, 100)}
	for node, s := range map[string]session.Shared{"one": one, "two": two} {
		listening.Go(func() {
			err := s.Listen(ctx, node, func(m session.Message) {
				select {
				case heard[node] <- m:
				default:
				}
			})
			if err == nil {
				t.Errorf("%s stopped listening without an error", node)
			}
		})
	}
	ask := session.Asker{Node: "one", Ask: 0}
	want := func(node string, again func() session.Message, same func(got, want session.Message) bool) {
		t.Helper()
		limit := time.NewTimer(10 * time.Second)
		defer limit.Stop()
		tick := time.NewTicker(20 * time.Millisecond) // until it listens
		defer tick.Stop()
		for sent := again(); ; {
			select {
			case m := <-heard[node]:
				if same(m, sent) {
					return
				}
			case <-tick.C:
				sent = again()
			case <-limit.C:
				t.Fatalf("%s did not hear %+v", node, sent)
			}
		}
	}
	exactly := func(got, want session.Message) bool { return got == want }
	want("two", func() session.Message {
		ask.Ask++
		done, err := one.Change(t.Context(), key, ask, addOne)
		if err != nil {
			t.Fatal(err)
		}
		return session.Message{From: ask, Group: 2, Number: done.Number, Key: key}
	}, exactly)
	want("one", func() session.Message {
		ask.Ask++
		other := session.Asker{Node: "three", Ask: 4}
		if err := two.Acknowledge(t.Context(), "two", []session.Asker{other, ask}); err != nil {
			t.Fatal(err)
		}
		return session.Message{From: ask, By: "two"}
	}, func(got, want session.Message) bool {
		if got.Key == "" && got.From.Node != "one" {
			t.Errorf("one hears what is another's: %+v", got)
		}
		return got == want
	})
}

func sharedAfterClose(t *testing.T, h Harness) {
	c := newClock()
	s, ok := h.Open(t, c.now).(session.Shared)
	if !ok {
		t.Fatal("the store is not shared")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, _, read := s.Read(ctx, "a")
	_, change := s.Change(ctx, "a", session.Asker{Node: "n"}, addOne)
	_, renew := s.Renew(ctx, session.Lease{Node: "n", Renewal: 1}, []session.Since{{}})
	for name, err := range map[string]error{
		"read": read, "change": change, "renew": renew,
		"withdraw":    s.Withdraw(ctx, session.Lease{Node: "n"}),
		"listen":      s.Listen(ctx, "n", func(session.Message) {}),
		"acknowledge": s.Acknowledge(ctx, "n", nil),
	} {
		if !errors.Is(err, session.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
