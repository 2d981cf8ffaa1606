package redis

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseAddress(t *testing.T) {
	tests := map[string]address{
		"redis://localhost":             {hosts: []string{"localhost:6379"}},
		"redis://10.0.0.1:7000/3":       {hosts: []string{"10.0.0.1:7000"}, db: 3},
		"redis://localhost/":            {hosts: []string{"localhost:6379"}},
		"rediss://[::1]":                {tls: true, hosts: []string{"[::1]:6379"}},
		"rediss://[fe80::1]:6380":       {tls: true, hosts: []string{"[fe80::1]:6380"}},
		"redis://:p%40ss%3Aw%2F@h":      {password: "p@ss:w/", hosts: []string{"h:6379"}},
		"redis://lanyard:a:b@h":         {user: "lanyard", password: "a:b", hosts: []string{"h:6379"}},
		"redis://lanyard:a@b@h":         {user: "lanyard", password: "a@b", hosts: []string{"h:6379"}},
		"redis+cluster://a:1,b:2,c":     {kind: cluster, hosts: []string{"a:1", "b:2", "c:6379"}},
		"rediss+cluster://u:p@a":        {kind: cluster, tls: true, user: "u", password: "p", hosts: []string{"a:6379"}},
		"redis+sentinel://a,b:1/desk":   {kind: sentinel, hosts: []string{"a:26379", "b:1"}, master: "desk"},
		"rediss+sentinel://a:1/desk/12": {kind: sentinel, tls: true, hosts: []string{"a:1"}, master: "desk", db: 12},
	}
	for text, want := range tests {
		if got, err := parseAddress(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	tests := []struct {
		text string
		want error
	}{
		{"", errScheme},
		{"localhost:6379", errScheme},
		{"http://h", errScheme},
		{"redis:h", errScheme},
		{"redis+://h", errScheme},
		{"redis+ring://h", errScheme},
		{"redissentinel://h/m", errScheme},
		{"redis://", errHost},
		{"redis://:6379", errHost},
		{"redis://h:port", errHost},
		{"redis://h:0", errHost},
		{"redis://h:65536", errHost},
		{"redis://::1", errHost},
		{"redis://a b", errHost},
		{"redis+cluster://a,,b", errHost},
		{"redis://a,b", errHosts},
		{"redis://u:%zz@h", errUser},
		{"redis://u%:p@h", errUser},
		{"redis+sentinel://a", errMaster},
		{"redis+sentinel://a//1", errMaster},
		{"redis://h/one", errDB},
		{"redis://h/-1", errDB},
		{"redis://h/70000", errDB},
		{"redis://h/1/2", errDB},
		{"redis+sentinel://h/m/1/2", errDB},
		{"redis+cluster://h/0", errPath},
		{"redis://h/0?tls=yes", errPath},
		{"redis://h?tls=yes", errHost},
		{"redis://" + strings.Repeat("h", maxAddress), errLong},
	}
	for _, tt := range tests {
		if _, err := parseAddress(tt.text); !errors.Is(err, tt.want) {
			t.Errorf("%.60s: %v, want %v", tt.text, err, tt.want)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, text := range []string{
		"redis://:secret@h:1/2", "rediss+cluster://u:secret@a:1,[::1]:2", "redis+sentinel://u:secret@a/m/1", "redis://secret%zz@h",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := parseAddress(text)
		if err != nil {
			if len(text) > 20 && strings.Contains(err.Error(), text) {
				t.Errorf("the error quotes the address: %v", err)
			}
			return
		}
		if len(a.hosts) == 0 || a.kind == single && len(a.hosts) != 1 || (a.master == "") != (a.kind != sentinel) {
			t.Errorf("%q: %+v", text, a)
		}
	})
}
