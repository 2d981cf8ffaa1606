package ui

import (
	"bytes"
	"image/png"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
)

// tray keeps the icon and its menu. Each is only made anew when its model
// differs: the toolkit rebuilds a whole menu at every change.
type tray struct {
	s     *Shell
	shown *view.Tray
	// menu is one and the same: the toolkit shows the one it was given first
	// once more when the tray has come.
	menu *fyne.Menu
}

func newTray(s *Shell) *tray { return &tray{s: s, menu: fyne.NewMenu("Lanyard")} }

// show takes a model.
func (t *tray) show(v view.Tray) {
	d, ok := t.s.app.(desktop.App)
	if !ok || t.shown != nil && reflect.DeepEqual(*t.shown, v) {
		return
	}
	if t.shown == nil || t.shown.Icon != v.Icon {
		d.SetSystemTrayIcon(trayIcon(v.Icon))
	}
	if t.shown == nil || !reflect.DeepEqual(t.shown.Menu, v.Menu) {
		t.fill(v.Menu)
		d.SetSystemTrayMenu(t.menu)
	}
	if t.s.c.Tooltip != nil && (t.shown == nil || t.shown.Tooltip != v.Tooltip) {
		t.s.c.Tooltip(v.Tooltip)
	}
	t.shown = &v
}

// trayIcon has a shape for each state, and a colour that stands out from light
// panels and from dark ones.
func trayIcon(i view.Icon) fyne.Resource {
	tone := theme.Neutral
	switch i {
	case view.SignedOnIcon:
		tone = theme.OK
	case view.SigningOnIcon, view.LockedIcon:
		tone = theme.Warn
	case view.TroubleIcon:
		tone = theme.Bad
	}
	ink := theme.Hex(theme.Panel(tone))
	return pixels(fyne.NewStaticResource("tray-"+i.String()+ink+".svg", icon.Tray(i, ink)))
}

// trayPixels is the side of the tray's icon.
const trayPixels = 64

// pixels draws an icon here, on the toolkit's goroutine. The toolkit would draw
// it on the one that the tray comes up on, too, into the caches that the windows
// are drawn from and that nothing guards: the program would end.
func pixels(svg fyne.Resource) fyne.Resource {
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(canvas.NewImageFromResource(svg))
	c.Resize(fyne.NewSquareSize(trayPixels))
	var b bytes.Buffer
	if png.Encode(&b, c.Capture()) != nil {
		return svg // the toolkit's own way is better than no icon
	}
	return fyne.NewStaticResource(svg.Name()+".png", b.Bytes())
}

func (t *tray) fill(items []view.MenuItem) {
	m := t.menu
	m.Items = nil
	for _, i := range items {
		if t.s.c.MenuText != nil {
			i.Text = t.s.c.MenuText(i.Text)
		}
		switch {
		case i.Text == "":
			m.Items = append(m.Items, fyne.NewMenuItemSeparator())
		case i.Action == view.NoAction:
			line := fyne.NewMenuItem(i.Text, nil)
			line.Disabled = true
			m.Items = append(m.Items, line)
		default:
			line := fyne.NewMenuItem(i.Text, func() { t.s.act(i.Action) })
			line.IsQuit = i.Action == view.Quit
			m.Items = append(m.Items, line)
		}
	}
}
