package assertion

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/wire/saml11"
)

// TestOpenRoles holds what is remembered against what is open, as the clock
// goes on and back and the directory is read again.
func TestOpenRoles(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	person := func(name string) *broker.User {
		return &broker.User{UID: "900000000017", Roles: []broker.RoleProfile{
			{ID: "1", JobRole: name}, {ID: "2", Close: noon.Add(time.Hour)}, {ID: "3", Close: noon.Add(2 * time.Hour)}, {ID: "4", Close: noon},
		}}
	}
	before, after := person("Nurse"), person("Doctor")
	var roles openRoles
	for _, step := range []struct {
		user *broker.User
		at   time.Duration
		want string
	}{
		{before, 0, "1 2 3"},
		{before, time.Hour - 1, "1 2 3"},
		{before, time.Hour, "1 3"},
		{before, 2 * time.Hour, "1"},
		{before, 1000 * time.Hour, "1"},
		{before, -time.Second, "1 2 3 4"},
		{before, time.Minute, "1 2 3"},
		{after, time.Minute, "1 2 3"},
		{after, 2 * time.Hour, "1"},
	} {
		at := noon.Add(step.at)
		open := roles.of(step.user, at)
		if got := strings.Trim(fmt.Sprint(open.ids), "[]"); got != step.want {
			t.Errorf("at %v: open are %s, want %s", step.at, got, step.want)
		}
		if want := saml11.AppendRoles(nil, step.user.OpenRoles(at)); !bytes.Equal(open.written, want) {
			t.Errorf("at %v:\n%s\nwant\n%s", step.at, open.written, want)
		}
	}
	if again := roles.of(after, noon.Add(3*time.Hour)); again != roles.of(after, noon.Add(4*time.Hour)) {
		t.Error("nothing was remembered")
	}
}

func TestOpenRolesAreBounded(t *testing.T) {
	const people = 10
	var roles openRoles
	name := strings.Repeat("x", maxWritten/people)
	for i := range 3 * people {
		roles.of(&broker.User{UID: broker.UID(fmt.Sprint(i)), Roles: []broker.RoleProfile{{ID: "1", OrgName: name}}}, time.Now())
		size := 0
		for _, w := range roles.kept {
			size += len(w.written)
		}
		if size != roles.size || size > maxWritten || !slices.Contains(roles.kept[broker.UID(fmt.Sprint(i))].ids, "1") {
			t.Fatalf("after %d people %d octets are kept and %d counted", i+1, size, roles.size)
		}
	}
}
