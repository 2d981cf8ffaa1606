package desk

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"lanyard/card"
)

// played is a watcher that tells a story and ends.
type played []card.Event

func (p played) Watch(_ context.Context, emit func(card.Event)) error {
	for _, e := range p {
		emit(e)
	}
	return nil
}

func TestOnly(t *testing.T) {
	story := played{
		{Kind: card.ServiceUp},
		{Kind: card.ReaderAdded, Reader: "ACS ACR39U 00 00"},
		{Kind: card.ReaderAdded, Reader: "Built-in reader 01 00"},
		{Kind: card.Inserted, Reader: "Built-in reader 01 00", Gen: 1},
		{Kind: card.Inserted, Reader: "ACS ACR39U 00 00", Gen: 2},
		{Kind: card.Removed, Reader: "Built-in reader 01 00", Gen: 1},
		{Kind: card.ServiceDown},
	}
	for setting, want := range map[string]string{
		"":              "service-up 0, reader-added 0, reader-added 0, inserted 1, inserted 2, removed 1, service-down 0",
		"ACS ACR39U":    "service-up 0, reader-added 0, inserted 2, service-down 0",
		"Built-in":      "service-up 0, reader-added 0, inserted 1, removed 1, service-down 0",
		"Not plugged i": "service-up 0, service-down 0",
	} {
		var got string
		if err := only(setting, story).Watch(t.Context(), func(e card.Event) {
			if got != "" {
				got += ", "
			}
			got += fmt.Sprint(e.Kind, " ", e.Gen)
		}); err != nil || got != want {
			t.Errorf("%q: %s, %v", setting, got, err)
		}
	}
}

func TestReaderName(t *testing.T) {
	var got []string
	for _, r := range []card.ReaderID{"ACS ACR39U ICC Reader 00 00", "ACS ACR39U ICC Reader 0A 01", "Virtual PCD 00", ""} {
		got = append(got, ReaderName(r))
	}
	if want := []string{"ACS ACR39U ICC Reader", "ACS ACR39U ICC Reader", "Virtual PCD 00", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
