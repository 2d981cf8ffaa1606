package command

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/card"
)

func TestSeenOutlivesTheProgram(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(t.TempDir(), "config"))
	f := seenHere(t.Context(), slog.New(slog.DiscardHandler))
	if got, err := f.Load(t.Context()); err != nil || len(got) != 0 {
		t.Fatalf("before the first: %v %v", got, err)
	}
	want := map[card.TokenID]int{"ab124417": 30, "ffee0001": 7}
	if err := f.Save(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Load(t.Context()); err != nil || !maps.Equal(got, want) {
		t.Errorf("loaded %v %v, want %v", got, err, want)
	}
}

func TestSeenForgetsTheFarthestFirst(t *testing.T) {
	f := seenFile{filepath.Join(t.TempDir(), "seen.json")}
	many := map[card.TokenID]int{"near": 1}
	for i := range maxSeen {
		many[card.TokenID(fmt.Sprintf("far%d", i))] = 90
	}
	if err := f.Save(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	got, err := f.Load(t.Context())
	if err != nil || len(got) != maxSeen || got["near"] != 1 {
		t.Errorf("%d cards, near %d, %v", len(got), got["near"], err)
	}
}

func TestSeenIsNotRead(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":  "cards",
		"too long": `{"cards":{}}` + strings.Repeat(" ", maxSeenSize),
		"another":  `{"cards":[1,2]}`,
	} {
		f := seenFile{filepath.Join(t.TempDir(), "seen.json")}
		if err := os.WriteFile(f.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := f.Load(t.Context()); !errors.Is(err, errSeen) {
			t.Errorf("%s: %v %v", name, got, err)
		}
		if err := f.Save(t.Context(), nil); err != nil {
			t.Errorf("%s is not written anew: %v", name, err)
		}
	}
}
