// Command bare is the measure of the desk's figures: the least that a program
// of the same toolkit does. It has an icon in the tray and a window of the size
// of the one that asks for the passcode, with one text in it.
//
// It shows the window and hides it at a line "show" or "hide" on standard input,
// and ends with it. A key pressed in the window changes the text.
//
//	bare [show]
package main

import (
	"bufio"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

func main() {
	a := app.NewWithID("org.lanyard.Bare")
	w := a.NewWindow("Bare")
	text := widget.NewLabel("bare")
	w.SetContent(text)
	w.SetFixedSize(true)
	w.Resize(fyne.NewSize(460, 400))
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { text.SetText(string(e.Name)) })
	w.SetCloseIntercept(w.Hide)
	if d, ok := a.(desktop.App); ok {
		d.SetSystemTrayIcon(theme.LoginIcon())
		d.SetSystemTrayMenu(fyne.NewMenu("Bare", fyne.NewMenuItem("Open", w.Show)))
	}
	if strings.Join(os.Args[1:], " ") == "show" {
		w.Show()
	}
	go func() {
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			if lines.Text() == "show" {
				fyne.Do(w.Show)
			} else {
				fyne.Do(w.Hide)
			}
		}
		fyne.Do(a.Quit)
	}()
	a.Run()
}
