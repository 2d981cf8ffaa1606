package redis

import (
	"errors"
	"maps"
	"testing"
)

func TestJudge(t *testing.T) {
	good := info("# Server\r\nredis_version:7.0.15\r\nrole:master\r\ncluster_enabled:0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n")
	tests := []struct {
		name, field, value string
		clustered          bool
		want               error
	}{
		{name: "as it should be", field: "aof_enabled", value: "1"},
		{name: "a cluster as it should be", field: "cluster_enabled", value: "1", clustered: true},
		{name: "newer", field: "redis_version", value: "10.0.1"},
		{name: "old", field: "redis_version", value: "6.2.14", want: ErrTooOld},
		{name: "something else", field: "redis_version", value: "", want: ErrTooOld},
		{name: "a cluster's node", field: "cluster_enabled", value: "1", want: ErrCluster},
		{name: "no cluster", field: "cluster_enabled", value: "0", clustered: true, want: ErrAlone},
		{name: "a replica", field: "role", value: "slave", want: ErrReplica},
		{name: "drops keys", field: "maxmemory_policy", value: "volatile-ttl", want: ErrEvicts},
		{name: "no log", field: "aof_enabled", value: "0", want: ErrForgets},
	}
	for _, tt := range tests {
		told := maps.Clone(good)
		told[tt.field] = tt.value
		if err := judge(told, tt.clustered); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
