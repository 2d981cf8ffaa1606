package widget_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"lanyard/broker"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

func look(scale float32) theme.Look { return theme.NewLook(theme.Light(), scale) }

// app gives the test the program's own type.
func app(t *testing.T, scale float32) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.NewFyne(look(scale)))
}

func TestWrap(t *testing.T) {
	measure := func(s string) float32 { return float32(utf8.RuneCountInString(s)) }
	for _, c := range []struct {
		text  string
		width float32
		want  string
	}{
		{"", 10, ""},
		{"one", 10, "one"},
		{"one two three", 7, "one two|three"},
		{"one  two", 20, "one two"},
		{"Llanfairpwllgwyngyll yw hwn", 10, "Llanfairp-|wllgwyngy-|ll yw hwn"},
		{"a Llanfairpwll", 6, "a|Llanf-|airpw-|ll"},
		{"ŵŷŵŷ", 3, "ŵŷ-|ŵŷ"},
	} {
		got := strings.Join(widget.Wrap(c.text, c.width, measure), "|")
		if got != c.want {
			t.Errorf("%q in %v: %s, want %s", c.text, c.width, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("Bydd y cerdyn yn cloi", 7)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 2 || width > 200 || !utf8.ValidString(text) {
			return
		}
		lines := widget.Wrap(text, float32(width), func(s string) float32 { return float32(utf8.RuneCountInString(s)) })
		for _, l := range lines {
			if utf8.RuneCountInString(l) > width {
				t.Fatalf("line %q is wider than %d", l, width)
			}
		}
		letters := func(s string) string {
			return strings.ReplaceAll(strings.Join(strings.Fields(s), ""), "-", "")
		}
		if got, want := letters(strings.Join(lines, " ")), letters(text); got != want {
			t.Fatalf("letters lost: %q, want %q", got, want)
		}
	})
}

func TestParagraphKnowsItsHeightBeforeLayout(t *testing.T) {
	app(t, 1)
	f := widget.Face{Size: 16, Ink: theme.Light().Text}
	one, more := widget.Paragraph("short", f, 300), widget.Paragraph(strings.Repeat("some words ", 12), f, 300)
	if h := more.MinSize().Height / one.MinSize().Height; h < 2 {
		t.Errorf("a long text is %.1f lines tall", h)
	}
	if w := more.MinSize().Width; w > 300 {
		t.Errorf("it is %v wide, want at most 300", w)
	}
}

func TestButtonIsPressedByEveryHand(t *testing.T) {
	app(t, 1)
	pressed, others := 0, 0
	b := widget.NewButton(look(1), "Sign on", widget.Filled, func() { pressed++ })
	b.Keys = func(*fyne.KeyEvent) { others++ }
	w := test.NewTempWindow(t, b)
	test.Tap(b)
	w.Canvas().Focus(b)
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyEscape, fyne.KeyF5} {
		b.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if pressed != 4 || others != 2 {
		t.Errorf("pressed %d times and gave %d keys away, want 4 and 2", pressed, others)
	}
	if size := b.MinSize(); size.Height < 48 || size.Width < 90 {
		t.Errorf("too small a target: %v", size)
	}
}

func TestButtonThatIsOff(t *testing.T) {
	app(t, 1)
	off := widget.NewButton(look(1), "Signing on...", widget.Filled, nil)
	on := widget.NewButton(look(1), "Cancel", widget.Plain, func() {})
	w := test.NewTempWindow(t, widget.Row(10, widget.Of(off), widget.Of(on)))
	test.Tap(off)
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != on {
		t.Error("the focus does not pass the button by")
	}
}

// pinField is a field in a window, on a clock of the test's.
func pinField(t *testing.T) (*widget.PIN, *time.Time) {
	t.Helper()
	app(t, 1)
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	p := widget.NewPIN(look(1), func() time.Time { return now })
	test.NewTempWindow(t, p).Canvas().Focus(p)
	return p, &now
}

func key(n fyne.KeyName, scan int) *fyne.KeyEvent {
	return &fyne.KeyEvent{Name: n, Physical: fyne.HardwareKey{ScanCode: scan}}
}

func TestPINTakesAndWipes(t *testing.T) {
	p, _ := pinField(t)
	test.Type(p, "73914")
	p.TypedKey(key(fyne.KeyBackspace, 22))
	test.Type(p, "6ŷ 5")
	pin := p.Take()
	defer pin.Wipe()
	if got := string(pin.Octets()); got != "739165" {
		t.Errorf("took %q, want 739165", got)
	}
	if p.Len() != 0 {
		t.Error("the field is not empty")
	}
	test.Type(p, strings.Repeat("1", 30))
	if p.Len() != 8 {
		t.Errorf("%d characters, want at most 8", p.Len())
	}
	p.Wipe()
	if again := p.Take(); again.Len() != 0 {
		t.Error("something is left after Wipe")
	}
}

func TestPINKeypad(t *testing.T) {
	p, _ := pinField(t)
	// Num Lock off: a key with the digit's name and no rune.
	p.TypedKey(key("7", 79))
	p.TypedKey(key("3", 89))
	// Num Lock on: the rune follows, once.
	p.TypedKey(key("9", 81))
	p.TypedRune('9')
	p.TypedKey(key("9", 81))
	p.TypedRune('9')
	// The row above the letters: the rune counts, the key does not.
	p.TypedKey(key("1", 10))
	p.TypedRune('1')
	pin := p.Take()
	defer pin.Wipe()
	if got := string(pin.Octets()); got != "73991" {
		t.Errorf("took %q, want 73991", got)
	}
}

func TestPINEnterIsDeafAtFirst(t *testing.T) {
	p, now := pinField(t)
	sent := 0
	p.Submit = func() { sent++ }
	test.Type(p, "739146")
	p.TypedKey(key(fyne.KeyReturn, 36))
	*now = now.Add(499 * time.Millisecond)
	p.TypedKey(key(fyne.KeyEnter, 104))
	if sent != 0 {
		t.Fatal("Enter was taken at once")
	}
	*now = now.Add(2 * time.Millisecond)
	p.TypedKey(key(fyne.KeyEnter, 104))
	if sent != 1 {
		t.Fatalf("sent %d times, want 1", sent)
	}
	p.SetOff(true)
	p.TypedKey(key(fyne.KeyReturn, 36))
	if sent != 1 {
		t.Fatal("sent while it is off")
	}
}

func TestPINEscapeWipesThenCancels(t *testing.T) {
	p, _ := pinField(t)
	cancelled := 0
	p.Escape = func() { cancelled++ }
	test.Type(p, "73")
	p.TypedKey(key(fyne.KeyEscape, 9))
	if p.Len() != 0 || cancelled != 0 {
		t.Fatalf("%d characters left, cancelled %d times", p.Len(), cancelled)
	}
	p.TypedKey(key(fyne.KeyEscape, 9))
	if cancelled != 1 {
		t.Fatal("the second Escape does not cancel")
	}
}

func TestPINCapsLock(t *testing.T) {
	p, _ := pinField(t)
	p.TypedRune('A')
	if !p.Caps() {
		t.Error("a capital without Shift: Caps Lock is on")
	}
	p.KeyDown(key(desktop.KeyShiftLeft, 50))
	p.TypedRune('A')
	p.KeyUp(key(desktop.KeyShiftLeft, 50))
	if p.Caps() {
		t.Error("a capital with Shift: Caps Lock is off")
	}
}

// TestPINIsNotInThePicture holds that nothing of what is typed is drawn.
func TestPINIsNotInThePicture(t *testing.T) {
	p, _ := pinField(t)
	test.Type(p, "739146")
	if markup := test.RenderObjectToMarkup(p); strings.Contains(markup, "739146") || strings.Contains(markup, "<text") {
		t.Errorf("drawn as\n%s", markup)
	}
}

func rows(n int) []view.RoleRow {
	out := make([]view.RoleRow, n)
	for i := range out {
		id := strings.Repeat("x", i+1)
		out[i] = view.RoleRow{ID: broker.RoleProfileID(id), Name: []view.Span{{Text: "Role"}}, Place: []view.Span{{Text: "Place"}}}
	}
	return out
}

func TestListMovesByKeys(t *testing.T) {
	app(t, 1)
	s := widget.NewList(look(1), "Enter", "Last used", 5)
	test.NewTempWindow(t, s).Resize(fyne.NewSize(500, 350))
	s.SetRows(rows(500))
	at := func() int { r, _ := s.Chosen(); return len(r.ID) - 1 }
	for _, c := range []struct {
		key  fyne.KeyName
		want int
	}{
		{fyne.KeyUp, 0}, {fyne.KeyDown, 1}, {fyne.KeyDown, 2}, {fyne.KeyEnd, 499}, {fyne.KeyDown, 499}, {fyne.KeyHome, 0},
	} {
		if !s.Key(c.key) || at() != c.want {
			t.Errorf("%s: row %d, want %d", c.key, at(), c.want)
		}
	}
	s.Key(fyne.KeyPageDown)
	if at() < 3 || at() > 6 {
		t.Errorf("a page is %d rows", at())
	}
	if s.Key(fyne.KeyA) {
		t.Error("a letter is taken")
	}
	s.SetRows(nil)
	if _, ok := s.Chosen(); ok || !s.Key(fyne.KeyDown) {
		t.Error("an empty list has a choice")
	}
}

func BenchmarkListKey(b *testing.B) {
	s := widget.NewList(look(1), "Enter", "Last used", 6)
	w := test.NewWindow(s)
	defer w.Close()
	w.Resize(fyne.NewSize(540, 400))
	s.SetRows(rows(500))
	for b.Loop() {
		if !s.Key(fyne.KeyDown) {
			b.Fatal("the key is not taken")
		}
	}
}

// TestStripTellsStatesWithoutColour holds that each state has a sign and a word.
func TestStripTellsStatesWithoutColour(t *testing.T) {
	app(t, 1)
	links := []view.Link{
		{Part: view.CardPart, Name: "Card", State: "In", Mark: view.Tick},
		{Part: view.ReaderPart, Name: "Reader", State: "None", Mark: view.Cross},
		{Part: view.NetworkPart, Name: "Network", State: "Not reached"},
	}
	for _, scale := range []float32{1, 2} {
		markup := test.RenderObjectToMarkup(widget.Strip(look(scale), links, 560))
		for _, want := range []string{"tick", "cross", "dash", ">In<", ">None<", ">Not reached<"} {
			if !strings.Contains(markup, want) {
				t.Errorf("at %v no %q:\n%s", scale, want, markup)
			}
		}
	}
}
