package desk

import (
	"image"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// front is the title of the window that is active.
func (r *rig) front() string { return r.run("xdotool", "getactivewindow", "getwindowname") }

// window waits for a window whose title fits and that has the keyboard.
func (r *rig) window(title string) {
	r.t.Helper()
	fits := regexp.MustCompile(title)
	r.until("the window "+title, func() bool { return fits.MatchString(r.front()) })
	r.until("its focus", func() bool {
		return r.active() == r.run("xdotool", "getwindowfocus")
	})
	r.asked = time.Now()
}

// sees tells whether a window with a title is to be seen.
func (r *rig) sees(title string) bool {
	return r.run("xdotool", "search", "--onlyvisible", "--name", title) != ""
}

// gone waits until no window with a title is to be seen.
func (r *rig) gone(title string) {
	r.t.Helper()
	r.until("the end of "+title, func() bool { return !r.sees(title) })
}

// list finds windows to be seen.
func (r *rig) list(how ...string) []string {
	return strings.Fields(r.run("xdotool", append([]string{"search", "--onlyvisible"}, how...)...))
}

// windows lists the titles of all windows to be seen.
func (r *rig) windows() []string {
	var titles []string
	for id := range strings.FieldsSeq(r.run("xdotool", "search", "--onlyvisible", "--name", ".")) {
		if title := r.run("xdotool", "getwindowname", id); title != "" {
			titles = append(titles, title)
		}
	}
	return titles
}

func (r *rig) types(text string) { r.run("xdotool", "type", "--delay", "12", text) }

func (r *rig) press(keys ...string) {
	r.run("xdotool", append([]string{"key", "--delay", "40"}, keys...)...)
}

// deaf is how long Enter does nothing after a question came in front, so that
// nobody answers it unawares, and a little more.
const deaf = 600 * time.Millisecond

// enter presses Enter, once the question has been in front for so long that it
// counts, and waits until it was heard.
func (r *rig) enter(heard func() bool) {
	r.t.Helper()
	r.until("Enter to count", func() bool { return time.Since(r.asked) > deaf })
	r.press("Return")
	r.until("what Enter does", heard)
}

// box is where a window is on the screen.
func (r *rig) box(id string) image.Rectangle {
	r.t.Helper()
	at := map[string]int{}
	for line := range strings.Lines(r.run("xdotool", "getwindowgeometry", "--shell", id)) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), "=")
		n, err := strconv.Atoi(text)
		if err != nil {
			r.t.Fatal(err)
		}
		at[name] = n
	}
	return image.Rect(0, 0, at["WIDTH"], at["HEIGHT"]).Add(image.Pt(at["X"], at["Y"]))
}

// active is the window in front.
func (r *rig) active() string { return r.run("xdotool", "getactivewindow") }

// height is that of the window in front.
func (r *rig) height() int { return r.box(r.active()).Dy() }

// fullScreen puts another program over the whole screen, with the keyboard.
func (r *rig) fullScreen() {
	r.t.Helper()
	r.start("xterm", "-fullscreen", "-title", "Ward list", "-e", "cat")
	r.window("^Ward list$")
}
