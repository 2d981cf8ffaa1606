package redis

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"lanyard/broker/session"
)

// list puts a record into its owner's index, before the record is written.
func (s *Store) list(ctx context.Context, r session.Record) error {
	if r.Owner == "" {
		return nil
	}
	now := s.now()
	_, err := s.write(ctx, s.index, s.indexKey(r.Owner),
		r.Key, r.Expires.UnixMilli()+1, lasts(r, now), now.Add(-skew).UnixMilli())
	return err
}

// ByOwner returns an owner's records.
func (s *Store) ByOwner(ctx context.Context, owner string) (all []session.Record, err error) {
	err = s.read(ctx, func(ctx context.Context) error {
		if owner == "" {
			return nil
		}
		keys, err := s.client.ZRangeByScore(ctx, s.indexKey(owner), &redis.ZRangeBy{
			Min: strconv.FormatInt(s.now().UnixMilli(), 10), Max: "+inf",
		}).Result()
		if err != nil || len(keys) == 0 {
			all = nil
			return err
		}
		all, err = s.owned(ctx, owner, keys)
		return err
	})
	return all, err
}

// owned returns those records of keys that are there and the owner's.
func (s *Store) owned(ctx context.Context, owner string, keys []string) (all []session.Record, err error) {
	asked := s.client.Pipeline()
	answers := make([]*redis.SliceCmd, len(keys))
	for i, key := range keys {
		answers[i] = asked.HMGet(ctx, s.recordKey(key), fields()...)
	}
	if _, err := asked.Exec(ctx); err != nil {
		return nil, err
	}
	for i, key := range keys {
		k, err := s.decode(key, answers[i].Val())
		switch {
		case err == nil && k.Owner == owner:
			all = append(all, k.Record)
		case err != nil && !errors.Is(err, session.ErrNotFound):
			return nil, err
		}
	}
	return all, nil
}
