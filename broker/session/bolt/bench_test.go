package bolt_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bare "go.etcd.io/bbolt"

	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
)

// BenchmarkCreate stores records from several callers, in turn through the
// store and with one bbolt transaction for each, and tells how many times more
// the store did in the same time.
func BenchmarkCreate(b *testing.B) {
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			dir := b.TempDir()
			s := open(b, filepath.Join(dir, "sessions.db"), bolt.Options{})
			defer closeIt(b, s)
			db, err := bare.Open(filepath.Join(dir, "bare.db"), 0o600, &bare.Options{FreelistType: bare.FreelistMapType})
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			data := []byte(strings.Repeat("d", 400))
			ours := func(key string) error {
				return s.Create(context.Background(), session.Record{Key: key, Data: data, Expires: time.Now().Add(time.Hour)})
			}
			theirs := func(key string) error {
				return db.Update(func(tx *bare.Tx) error {
					t, err := tx.CreateBucketIfNotExists([]byte("records"))
					if err != nil {
						return err
					}
					return t.Put([]byte(key), data)
				})
			}
			var mine, bbolts time.Duration
			for round := 0; b.Loop(); round++ {
				mine += took(b, callers, round, ours)
				bbolts += took(b, callers, round, theirs)
			}
			b.ReportMetric(bbolts.Seconds()/mine.Seconds(), "x-bare")
			b.ReportMetric(float64(b.N*callers*each)/mine.Seconds(), "creates/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// each is how many records one caller stores in one round.
const each = 10

func took(b *testing.B, callers, round int, put func(key string) error) time.Duration {
	begin := time.Now()
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for i := range each {
				if err := put(fmt.Sprintf("%d-%d-%d", c, i, round)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(begin)
}
