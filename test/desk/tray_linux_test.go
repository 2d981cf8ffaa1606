package desk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// icon is a program's icon in the tray, as its host sees it.
type icon struct {
	r    *rig
	conn *dbus.Conn
	name string
}

// icon finds the icon of a process.
func (r *rig) icon(pid int) icon {
	r.t.Helper()
	return icon{r: r, conn: r.dial(), name: fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", pid)}
}

// picture is what the icon shows, to be compared with another.
func (i icon) picture() string {
	v, err := i.conn.Object(i.name, "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem.IconPixmap")
	if err != nil {
		return ""
	}
	return v.String()
}

// layout is an item of a menu as com.canonical.dbusmenu sends it.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

// line is a line of the menu that can be read.
type line struct {
	id    int32
	label string
	off   bool // it cannot be chosen
}

// menu returns the lines of the menu from the top.
func (i icon) menu() []line {
	var revision uint32
	var root layout
	call := i.conn.Object(i.name, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{})
	if call.Store(&revision, &root) != nil {
		return nil
	}
	var lines []line
	for _, v := range root.Children {
		var child layout
		if dbus.Store([]any{v.Value()}, &child) != nil {
			continue
		}
		if label, ok := child.Props["label"].Value().(string); ok && label != "" {
			enabled, said := child.Props["enabled"].Value().(bool)
			lines = append(lines, line{child.ID, label, said && !enabled})
		}
	}
	return lines
}

// has tells whether the menu has a line.
func (i icon) has(label string) bool {
	return slices.ContainsFunc(i.menu(), func(l line) bool { return l.label == label })
}

// says waits until the menu has a line.
func (i icon) says(label string) {
	i.r.t.Helper()
	i.r.until("the menu's line "+label, func() bool { return i.has(label) })
}

// text is the whole menu, for comparing.
func (i icon) text() string {
	var b strings.Builder
	for _, l := range i.menu() {
		b.WriteString(l.label + "\n")
	}
	return b.String()
}

// settled waits until the menu has come to rest: its lines get other numbers
// whenever it is made anew.
func (i icon) settled() {
	i.r.t.Helper()
	last, same := []line(nil), 0
	i.r.until("a menu at rest", func() bool {
		now := i.menu()
		if len(now) > 0 && slices.Equal(now, last) {
			same++
		} else {
			same = 0
		}
		last = now
		return same == 3
	})
}

// choose picks a line of the menu over the bus.
func (i icon) choose(label string) {
	i.r.t.Helper()
	i.says(label)
	for _, l := range i.menu() {
		if l.label != label {
			continue
		}
		call := i.conn.Object(i.name, "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.Event", 0, l.id, "clicked", dbus.MakeVariant(""), uint32(0))
		if call.Err != nil {
			i.r.t.Fatal(call.Err)
		}
		return
	}
	i.r.t.Fatalf("the menu's line %q is gone again", label)
}

// click picks a line of the menu by mouse: the icon on the panel, then the line
// where it is on the screen.
func (i icon) click(label string) {
	i.r.t.Helper()
	i.says(label)
	i.r.run("xdotool", "mousemove", "12", "16")
	before := i.r.panels()
	i.r.run("xdotool", "click", "1")
	var popup string
	i.r.until("the menu on the screen", func() bool {
		for _, id := range i.r.panels() {
			if !slices.Contains(before, id) {
				popup = id
			}
		}
		return popup != ""
	})
	box := i.r.box(popup)
	lines := i.menu()
	at := slices.IndexFunc(lines, func(l line) bool { return l.label == label })
	// All lines are of one height; the thin ones between them hardly count.
	i.r.run("xdotool", "mousemove", fmt.Sprint(box.Min.X+40), fmt.Sprint(box.Min.Y+box.Dy()*(2*at+1)/(2*len(lines))))
	i.r.run("xdotool", "click", "1")
}

// panels are the windows of the tray's host to be seen.
func (r *rig) panels() []string {
	return strings.Fields(r.run("xdotool", "search", "--onlyvisible", "--class", "wrapper"))
}
