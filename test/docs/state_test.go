package docs_test

import (
	"reflect"
	"strings"
	"testing"

	"lanyard/broker/localapi"
)

// TestState: every member of the state of the desk stands in the protocol.
func TestState(t *testing.T) {
	page := manual(t, "local-api.md")
	page = page[strings.Index(page, "### The state of the desk"):]
	names := members(reflect.TypeFor[localapi.State]())
	if len(names) < 40 {
		t.Fatalf("only %d members were found: %v", len(names), names)
	}
	for _, name := range names {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("local-api.md does not tell of %s", name)
		}
	}
}

// members are the names of a type's members in JSON, and of those below, but
// for what is told elsewhere in the protocol.
func members(s reflect.Type) []string {
	for s.Kind() == reflect.Pointer || s.Kind() == reflect.Slice {
		s = s.Elem()
	}
	here := s.PkgPath() == reflect.TypeFor[localapi.State]().PkgPath()
	if s.Kind() != reflect.Struct || !here || s == reflect.TypeFor[localapi.Error]() {
		return nil
	}
	var names []string
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Field(i).Tag.Get("json"), ",")
		names = append(append(names, name), members(s.Field(i).Type)...)
	}
	return names
}
