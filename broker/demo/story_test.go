package demo_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker/demo"
)

// TestStory runs the whole path, twice on the same material.
func TestStory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	for range 2 {
		var told, log strings.Builder
		err := demo.Story(t.Context(), &told, demo.Options{
			Dir: dir, Cards: demo.Drawer,
			Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, told.String(), log.String())
		}
		for _, want := range []string{"Every step was true", "48 octets", "<STATUS>OK</STATUS>", "samlp:Success", "samlp:Requester", "NO-SESSION"} {
			if !strings.Contains(told.String(), want) {
				t.Errorf("nothing about %q in the story", want)
			}
		}
		if strings.Contains(log.String(), "AQIC") {
			t.Error("a ticket is in the log")
		}
		t.Log(told.String())
	}
}
