//go:build unix

package redis_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bare "github.com/redis/go-redis/v9"

	"lanyard/broker/session"
	"lanyard/broker/session/redis"
	"lanyard/test/engine"
)

// BenchmarkStore measures operations of a second through the store and, as
// what the same Redis does at most, bare SETs of the same size (with WAIT 1 in
// a cluster).
func BenchmarkStore(b *testing.B) {
	one := engine.StartRedis(b)
	many := engine.StartRedisCluster(b, 3, 1)
	for _, engine := range []struct {
		name, address string
		set           func(ctx context.Context, key string) error
	}{
		{"single", "redis://" + one.Address, bareSingle(b, one)},
		{"cluster", "redis+cluster://" + strings.Join(many.Addresses(), ","), bareCluster(b, many)},
	} {
		s := open(b, engine.address, redis.Options{})
		for _, callers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s/callers=%d", engine.name, callers), func(b *testing.B) {
				compare(b, s, callers, engine.set)
			})
		}
	}
}

// body is what a session takes, in octets.
const body = 400

// each is how many operations one caller makes in one round.
const each = 20

// compare runs every kind of operation in turn.
func compare(b *testing.B, s *redis.Store, callers int, set func(ctx context.Context, key string) error) {
	data := []byte(strings.Repeat("d", body))
	ctx := context.Background()
	record := func(key, owner string) session.Record {
		return session.Record{Key: key, Owner: owner, Data: data, Expires: time.Now().Add(time.Hour)}
	}
	kinds := []struct {
		name string
		do   func(key string) error
	}{
		{"sets", func(key string) error { return set(ctx, key) }},
		{"creates", func(key string) error { return s.Create(ctx, record(key, "")) }},
		{"owned", func(key string) error { return s.Create(ctx, record("o"+key, "owner of "+key)) }},
		{"updates", func(key string) error {
			_, err := s.Update(ctx, key, func(r session.Record) (session.Record, error) { return r, nil })
			return err
		}},
		{"gets", func(key string) error {
			_, err := s.Get(ctx, key)
			return err
		}},
	}
	spent := make([]time.Duration, len(kinds))
	var rounds atomic.Int64
	for b.Loop() {
		round := fmt.Sprintf("%s-%d", b.Name(), rounds.Add(1)+int64(b.N)<<32)
		for i, k := range kinds {
			spent[i] += took(b, callers, round, k.do)
		}
	}
	for i, k := range kinds {
		b.ReportMetric(float64(int(rounds.Load())*callers*each)/spent[i].Seconds(), k.name+"/s")
	}
	b.ReportMetric(0, "ns/op")
}

func took(b *testing.B, callers int, round string, do func(key string) error) time.Duration {
	begin := time.Now()
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for i := range each {
				if err := do(fmt.Sprintf("%s-%d-%d", round, c, i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(begin)
}

func bareSingle(b *testing.B, r *engine.Redis) func(ctx context.Context, key string) error {
	client := bare.NewClient(&bare.Options{Addr: r.Address, PipelinePoolSize: -1, PoolSize: 64})
	b.Cleanup(func() { _ = client.Close() })
	value := strings.Repeat("d", body)
	return func(ctx context.Context, key string) error { return client.Set(ctx, key, value, time.Hour).Err() }
}

func bareCluster(b *testing.B, c *engine.RedisCluster) func(ctx context.Context, key string) error {
	client := bare.NewClusterClient(&bare.ClusterOptions{Addrs: c.Addresses(), PipelinePoolSize: -1, PoolSize: 64})
	b.Cleanup(func() { _ = client.Close() })
	value := strings.Repeat("d", body)
	return func(ctx context.Context, key string) error {
		node, err := client.MasterForKey(ctx, key)
		if err != nil {
			return err
		}
		_, err = node.Pipelined(ctx, func(p bare.Pipeliner) error {
			p.Set(ctx, key, value, time.Hour)
			p.Do(ctx, "wait", 1, 200)
			return nil
		})
		return err
	}
}
