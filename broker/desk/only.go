package desk

import (
	"context"
	"regexp"
	"strings"

	"lanyard/card"
)

// only passes on what happens at the readers whose name begins as told; empty
// is all of them.
func only(name string, w card.Watcher) card.Watcher {
	if name == "" {
		return w
	}
	return oneReader{name, w}
}

// oneReader is a watcher that looks away from all other readers.
type oneReader struct {
	name string
	all  card.Watcher
}

// Watch implements [card.Watcher].
func (o oneReader) Watch(ctx context.Context, emit func(card.Event)) error {
	return o.all.Watch(ctx, func(e card.Event) {
		if e.Reader == "" || strings.HasPrefix(string(e.Reader), o.name) {
			emit(e)
		}
	})
}

// place is what PC/SC puts behind a reader's name: the order in which readers
// were plugged in, and the slot.
var place = regexp.MustCompile(` [0-9A-F]{2} [0-9A-F]{2}$`)

// ReaderName is a reader's name without what changes from one day to the
// next, as settings keep it.
func ReaderName(r card.ReaderID) string { return place.ReplaceAllString(string(r), "") }
