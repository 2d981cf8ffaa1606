package card

import "context"

// EventKind tells what happened at the readers.
type EventKind int

// The kinds of events. A watcher begins with the full picture: ServiceUp or
// ServiceDown, then ReaderAdded and Inserted for what is already there.
const (
	// ServiceUp: the reader service answers.
	ServiceUp EventKind = iota + 1
	// ServiceDown: it does not (Err tells why); all readers are gone with it.
	// ReaderRemoved and Removed were emitted before for what was there.
	ServiceDown
	// ReaderAdded: a reader was plugged in.
	ReaderAdded
	// ReaderRemoved: a reader was unplugged; Removed came before it if a card was in it.
	ReaderRemoved
	// Inserted: a card is in the reader; Gen is new and ATR is set.
	Inserted
	// Removed: the card of generation Gen left the reader.
	Removed
	// Mute: a card is in the reader and does not answer; Gen is new, ATR empty.
	// Removed follows when it leaves.
	Mute
)

// String names the kind for logs.
func (k EventKind) String() string {
	switch k {
	case ServiceUp:
		return "service-up"
	case ServiceDown:
		return "service-down"
	case ReaderAdded:
		return "reader-added"
	case ReaderRemoved:
		return "reader-removed"
	case Inserted:
		return "inserted"
	case Removed:
		return "removed"
	case Mute:
		return "mute"
	default:
		return "event-without-kind"
	}
}

// Event is something that happened at the readers.
type Event struct {
	Kind   EventKind
	Reader ReaderID   // empty for service events
	ATR    ATR        // Inserted only
	Gen    Generation // Inserted, Mute and Removed
	Err    error      // ServiceDown only
}

// A Watcher reports readers and cards.
type Watcher interface {
	// Watch calls emit for every event, in order and never concurrently, until
	// ctx ends; it then returns the context's cause. It begins with the full
	// picture. A reader service that goes away is an event, not an end.
	Watch(ctx context.Context, emit func(Event)) error
}

// An Opener makes a token of an inserted card. It returns [ErrUnsupported]
// where the card is not of its kind, so that another opener may try.
type Opener interface {
	Open(ctx context.Context, ev Event) (Token, error)
}
