package ui

import (
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// keys is a card in a reader with keys of its own.
func keys(s *agent.Snapshot) { s.Card.Keypad, s.PINWanted = true, false }

// waiting is the reader waiting for its keys.
func (h *hand) waiting(d time.Duration) func(*agent.Snapshot) {
	return func(s *agent.Snapshot) { s.Keypad = &agent.KeypadView{Until: h.now.Add(d)} }
}

// shown counts that the question of each insertion was to be seen.
func (h *hand) seen() string {
	var out string
	for _, r := range h.s.ask.take() {
		if r, ok := r.(agent.Shown); ok {
			out += fmt.Sprintf("%d ", r.Gen)
		}
	}
	return out
}

func TestQuestionThatIsSeenIsTold(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.Reading, 1))
	h.s.show(in(agent.Reading, 1))
	h.s.show(in(agent.NeedPIN, 1))
	h.s.show(in(agent.SigningOn, 1))
	h.s.show(in(agent.NeedPIN, 1, tries(2, failure.PINWrong)))
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	h.s.show(in(agent.NeedPIN, 2))
	h.s.show(in(agent.NoCard, 3, tries(0, failure.PINLocked)))
	h.s.show(in(agent.SigningOn, 4))
	h.s.show(in(agent.NeedPIN, 5, keys, h.waiting(time.Minute)))
	if got := h.seen(); got != "1 2 5 " {
		t.Errorf("told of %s, want once of 1, 2 and 5", got)
	}
}

func TestPasscodeOnTheReader(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.Reading, 1)) // that the reader has keys is not known yet
	h.s.show(in(agent.NeedPIN, 1, keys, h.waiting(28*time.Second)))
	if b, ok := h.s.prompt.frame.window.Canvas().Focused().(*widget.Button); !ok || b.AccessibilityLabel() != "Cancel" || !b.Lit() {
		t.Error("where the focus is cannot be seen")
	}
	if !h.s.prompt.counts() || !<-h.s.counting {
		t.Error("the seconds are not counted")
	}
	if !h.reads(h.s.prompt.frame, "28 seconds left") {
		t.Error("it does not say how long the reader waits")
	}
	h.now = h.now.Add(3 * time.Second)
	h.s.tick()
	if !h.reads(h.s.prompt.frame, "25 seconds left") {
		t.Error("the seconds stand still")
	}
	h.press(fyne.KeyReturn) // somebody else's
	h.want("")
	h.press(fyne.KeySpace)
	h.want("CancelPIN {Gen:1}")
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	if h.s.prompt.counts() || <-h.s.counting {
		t.Error("seconds are counted that nobody sees")
	}
}

func TestLastTryOnTheReaderIsAskedFor(t *testing.T) {
	h := sitDown(t)
	last := in(agent.NeedPIN, 1, keys, tries(1, ""))
	h.s.show(last)
	h.press(fyne.KeyReturn)
	h.want("StartKeypad {Gen:1}")
	h.press(fyne.KeyReturn)
	h.want("")
	h.s.show(in(agent.NeedPIN, 1, keys, tries(1, ""), h.waiting(time.Minute)))
	h.press(fyne.KeyEscape)
	h.want("CancelPIN {Gen:1}")
}

func TestRefusedOnTheReaderIsAskedForAgain(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1, keys, tries(2, failure.PINWrong)))
	if !h.reads(h.s.prompt.frame, "Press Enter, and the reader asks for it") {
		t.Error("it does not say how the reader asks again")
	}
	h.press(fyne.KeyReturn)
	h.want("StartKeypad {Gen:1}")
	h.s.show(in(agent.NeedPIN, 1, keys, tries(2, failure.ServerDown)))
	h.press(fyne.KeyReturn)
	h.want("StartKeypad {Gen:1}")
}

// TestDigitsAreNeverTheLastTryTwiceOver: the last try was asked for, waved away,
// and the question comes back.
func TestDigitsAreNeverTheLastTryTwiceOver(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1, tries(1, "")))
	h.press(fyne.KeyEscape)
	h.want("CancelPIN {Gen:1}")
	h.s.show(in(agent.NoCard, 1, tries(1, failure.UserAbort)))
	h.s.show(in(agent.Reading, 1))
	h.typing("739146")
	h.press(fyne.KeyReturn)
	h.s.show(in(agent.NeedPIN, 1, tries(1, "")))
	h.press(fyne.KeyReturn)
	h.want("")
}

func TestEnterIsDeafWhenTheWindowComesUp(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1))
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	h.now = h.now.Add(time.Hour)
	h.s.show(in(agent.NeedPIN, 2)) // the toolkit may not tell that the focus was away
	h.typing("739146")
	h.s.prompt.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	h.want("")
	h.press(fyne.KeyReturn)
	h.want("pin 2 739146")
}

func TestCancelledQuestionStaysAway(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.Reading, 1))
	h.press(fyne.KeyEscape)
	for range 3 {
		h.s.show(in(agent.NeedPIN, 1))
	}
	h.want("CancelPIN {Gen:1}")
	if h.s.prompt.frame.shown {
		t.Error("the window came back")
	}
	h.s.act(view.Retry)
	h.s.show(in(agent.NeedPIN, 1))
	h.want("AskPIN {}")
	if !h.s.prompt.frame.shown {
		t.Error("the window does not come though it was asked for")
	}
}

func TestSnapshotLeavesTheFocusWhereItIs(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1))
	c := h.s.prompt.frame.window.Canvas()
	c.FocusNext()
	b, ok := c.Focused().(*widget.Button)
	if !ok {
		t.Fatalf("Tab leads from the field to %T", c.Focused())
	}
	h.s.show(in(agent.NeedPIN, 1, func(s *agent.Snapshot) { s.Owed = 1 }))
	if now, ok := c.Focused().(*widget.Button); !ok || now.AccessibilityLabel() != b.AccessibilityLabel() {
		t.Errorf("the focus went from %q to %T", b.AccessibilityLabel(), c.Focused())
	}
	c.Unfocus() // a click on the window's ground
	c.OnTypedRune()('7')
	c.OnTypedRune()('3')
	if h.s.prompt.field.Len() == 0 || c.Focused() != fyne.Focusable(h.s.prompt.field) {
		t.Error("digits typed while nothing has the focus are lost")
	}
}

// TestQuestionStaysInFront: the desk's window opens behind it, and Enter meant
// for that one sends nothing.
func TestQuestionStaysInFront(t *testing.T) {
	h := sitDown(t)
	h.s.show(in(agent.NeedPIN, 1))
	h.typing("739")
	h.s.act(view.ShowDesk)
	if !h.s.desk.frame.shown || !h.s.prompt.frame.shown {
		t.Error("both are to be seen")
	}
	h.s.prompt.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	h.want("")
	h.typing("146")
	h.press(fyne.KeyReturn)
	h.want("pin 1 739146")
}

// TestRingStaysWhereItIsSeen: a window behind another one that is drawn anew
// does not look as if it had the keys.
func TestRingStaysWhereItIsSeen(t *testing.T) {
	h := sitDown(t).at(works())
	h.tab()
	had := h.canvas().Focused()
	for _, lit := range []bool{true, false} {
		if !lit {
			h.canvas().Focused().FocusLost() // another window came in front
		}
		h.s.show(works(func(s *agent.Snapshot) { s.Owed = 1 }))
		now, ok := h.canvas().Focused().(*widget.Button)
		if !ok || now == had || now.Lit() != lit {
			t.Errorf("%T has the focus, its ring is seen: %v, want %v", h.canvas().Focused(), ok && now.Lit(), lit)
		}
	}
}
