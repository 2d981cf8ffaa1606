package failure

import "sync"

// What deployed clients search a refusal's body for.
const (
	phraseRefused = "Failed To Validate"
	phraseUnread  = "Invalid input request"
)

var index = sync.OnceValue(func() map[Code]Entry {
	m := make(map[Code]Entry)
	for _, e := range entries() {
		m[e.Code] = e
	}
	return m
})

// Lookup finds the entry of a code.
func Lookup(c Code) (Entry, bool) {
	e, ok := index()[c]
	return e, ok
}

// All returns the whole catalogue in its order: the server's refusals, the
// desk's, the network's, the applications'.
func All() []Entry { return entries() }

// WireText is what the server writes as error_text: plain words that hold the
// phrase which deployed clients search for.
func (e Entry) WireText() string {
	if e.Phrase == "" {
		return e.Text + " " + e.Next
	}
	return e.Phrase + ". " + e.Text + " " + e.Next
}
