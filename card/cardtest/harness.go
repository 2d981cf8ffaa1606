package cardtest

import (
	"slices"
	"testing"

	"lanyard/card"
)

// Ability is something that not every kind of card can do by its nature.
type Ability string

// The abilities a kind may lack. What a kind does not declare as lacking it
// must have: the suite fails, it never skips for want of something.
const (
	Batch      Ability = "batch"       // card.BatchSigner
	Counting   Ability = "counting"    // card.PINCounter
	Changing   Ability = "changing"    // card.PINChanger
	Unblocking Ability = "unblocking"  // card.Unblocker
	Locking    Ability = "locking"     // locks after so many wrong PINs
	Removal    Ability = "removal"     // can be taken out: Subject.Remove
	Tallying   Ability = "tallying"    // Subject.Tally
	PINState   Ability = "PIN state"   // Subject.Verified
	Behind     Ability = "behind"      // Subject.ChangeBehind
	Commitment Ability = "commitment"  // has a content-commitment key
	EachTime   Ability = "PIN always"  // that key wants the PIN before each signature
	SHA1       Ability = "SHA-1"       // signs SHA-1 digests, as old servers want
	Exact      Ability = "exact tries" // tells the exact tries left with a refusal
)

// Tally counts the commands that sent a PIN to the card, by outcome.
type Tally struct{ Accepted, Refused, Unanswered int }

// Subject is one fresh card under test and what a test may do to it from
// outside. It is closed by the suite.
type Subject struct {
	Token    card.Token
	PIN, PUK string
	Tries    int // PIN tries of the fresh card; its PUK has as many

	Remove       func()                 // takes the card out
	Tally        func() Tally           // PIN commands so far
	Verified     func() bool            // whether the card's PIN state is up
	ChangeBehind func(new string) error // sets another PIN behind the token's back
}

// Harness is a kind of card.
type Harness struct {
	// New makes a fresh card and opens it; the suite calls it for every test.
	New func(t *testing.T) *Subject
	// Keyed makes one in a reader with keys of its own. It is nil for a kind
	// that has no such reader, and where the suite is run without one.
	Keyed func(t *testing.T) (*Subject, *Keys)
	// Lacks are the abilities that the kind has not by its nature.
	Lacks []Ability
}

func (h Harness) has(a Ability) bool { return !slices.Contains(h.Lacks, a) }

// Run holds a kind of card against the contract of [card.Token] and its
// optional abilities.
func Run(t *testing.T, h Harness) {
	t.Helper()
	runAll(t, h, open, []testCase[suite]{
		{"abilities", nil, testAbilities},
		{"keys", nil, testKeys},
		{"sign", nil, testSign},
		{"refuses to sign", nil, testMechanism},
		{"wrong PIN", nil, testWrongPIN},
		{"last try", []Ability{Locking}, testLastTry},
		{"form of PIN", nil, testForm},
		{"cancelled by the person", nil, testCancel},
		{"context ends while asking", nil, testContext},
		{"context ended before", nil, testContextBefore},
		{"free while asking", nil, testFree},
		{"PIN state", []Ability{PINState}, testState},
		{"batch", []Ability{Batch}, testBatch},
		{"batch refused in the middle", []Ability{Batch, Commitment, EachTime, Behind, Locking}, testBatchRefused},
		{"batch ended", []Ability{Batch}, testBatchEnded},
		{"taken out", []Ability{Removal}, testRemoval},
		{"taken out while asking", []Ability{Removal}, testRemovalAsking},
		{"taken out in a batch", []Ability{Removal, Batch}, testRemovalBatch},
		{"PIN change", []Ability{Changing}, testChange},
		{"unblock", []Ability{Unblocking, Locking}, testUnblock},
		{"PUK blocked", []Ability{Unblocking, Locking}, testPUKBlocked},
		{"closed", nil, testClosed},
		{"many at once", nil, testConcurrent},
		{"no keys on the reader", nil, testNoKeypad},
	})
	if h.Keyed != nil {
		t.Run("keypad", func(t *testing.T) { runAll(t, h, openKeyed, keyed()) })
	}
}

// testCase is one test of a subject, and the abilities it wants.
type testCase[S any] struct {
	name  string
	wants []Ability
	run   func(*testing.T, *S)
}

func runAll[S any](t *testing.T, h Harness, open func(*testing.T, Harness) *S, cases []testCase[S]) {
	t.Helper()
	for _, c := range cases {
		if slices.ContainsFunc(c.wants, func(a Ability) bool { return !h.has(a) }) {
			continue
		}
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t, h)) })
	}
}

// suite is one subject in one test.
type suite struct {
	*Subject
	h Harness
}

func open(t *testing.T, h Harness) *suite {
	t.Helper()
	s := &suite{h.New(t), h}
	t.Cleanup(func() {
		if err := s.Token.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	for _, f := range []struct {
		a    Ability
		have bool
	}{
		{Removal, s.Remove != nil},
		{Tallying, s.Tally != nil},
		{PINState, s.Verified != nil},
		{Behind, s.ChangeBehind != nil},
	} {
		if f.have != h.has(f.a) {
			t.Fatalf("harness: ability %q declared %v, given %v", f.a, h.has(f.a), f.have)
		}
	}
	return s
}

// testAbilities: what is declared and what the token implements is the same.
func testAbilities(t *testing.T, s *suite) {
	_, batch := s.Token.(card.BatchSigner)
	_, counting := s.Token.(card.PINCounter)
	_, changing := s.Token.(card.PINChanger)
	_, unblocking := s.Token.(card.Unblocker)
	for a, have := range map[Ability]bool{Batch: batch, Counting: counting, Changing: changing, Unblocking: unblocking} {
		if have != s.h.has(a) {
			t.Errorf("ability %q: implemented %v, declared %v", a, have, s.h.has(a))
		}
	}
}
