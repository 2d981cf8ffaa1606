package redis

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// oldest is the first version of Redis that has what the scripts use.
const oldest = 7

// The ways in which a Redis is set up so that it would lose sessions.
var (
	ErrTooOld  = errors.New("this Redis is older than 7.0")
	ErrEvicts  = errors.New(`this Redis drops sessions when memory is short: set "maxmemory-policy noeviction"`)
	ErrForgets = errors.New(`this Redis keeps nothing on disk: set "appendonly yes"`)
	ErrReplica = errors.New("the Redis at this address is a replica: give the address of its master, or of Sentinel")
	ErrCluster = errors.New(`the Redis at this address is one node of a cluster: write "redis+cluster://"`)
	ErrAlone   = errors.New(`the Redis at this address is no cluster: write "redis://"`)
)

// inspect looks at every master.
func (s *Store) inspect(ctx context.Context) error {
	if s.many == nil {
		return s.inspectOne(ctx, s.one)
	}
	return s.many.ForEachMaster(ctx, s.inspectOne)
}

func (s *Store) inspectOne(ctx context.Context, node *redis.Client) error {
	text, err := node.Info(ctx).Result()
	if err != nil {
		return fmt.Errorf("look at how Redis is set up: %w", err)
	}
	return judge(info(text), s.many != nil)
}

// judge tells what is wrong with a server that was meant to be a master, of a
// cluster or not.
func judge(told map[string]string, clustered bool) error {
	major, _, _ := strings.Cut(told["redis_version"], ".")
	version, err := strconv.Atoi(major)
	switch {
	case err != nil || version < oldest:
		return fmt.Errorf("%w: %q", ErrTooOld, told["redis_version"])
	case clustered != (told["cluster_enabled"] == "1"):
		if clustered {
			return ErrAlone
		}
		return ErrCluster
	case told["role"] != "master":
		return ErrReplica
	case told["maxmemory_policy"] != "noeviction":
		return fmt.Errorf("%w, not %q", ErrEvicts, told["maxmemory_policy"])
	case told["aof_enabled"] != "1":
		return ErrForgets
	default:
		return nil
	}
}

// info reads the answer to INFO: a "name:value" on each line.
func info(text string) map[string]string {
	told := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			told[name] = value
		}
	}
	return told
}
