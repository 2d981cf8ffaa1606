package icon

import "lanyard/ui/view"

// Tray draws an icon of the tray on 16 units, its straight edges on whole ones,
// so that it stays sharp at 16 pixels.
func Tray(i view.Icon, ink string) []byte {
	var p pen
	switch i {
	case view.NoReaderIcon: // a plug
		p.rect(3.5, 1, 2.5, 4)
		p.rect(10, 1, 2.5, 4)
		p.put("M2 5h12v4c0 2.2-1.8 4-4 4h-4c-2.2 0-4-1.8-4-4z")
		p.rect(7, 13, 2, 3)
	case view.NoCardIcon: // an open tray
		p.put("M1 4h2v8h10v-8h2v8c0 1.1-.9 2-2 2h-10c-1.1 0-2-.9-2-2z")
		p.rect(5, 8, 6, 2)
	case view.SigningOnIcon: // a card standing in its reader
		p.round(4, 1, 8, 8, 1.5)
		p.hole(6, 3, 4, 6)
		p.put("M1 10h14v4c0 .6-.4 1-1 1h-12c-.6 0-1-.4-1-1z")
	case view.SignedOnIcon: // a card with a tick
		p.round(0, 2, 16, 12, 1.5)
		p.cut(3, 8.2, 4.4, 6.8, 6.8, 9.2, 11.6, 4.4, 13, 5.8, 6.8, 12)
	case view.LockedIcon: // a padlock
		p.round(2, 7, 12, 8, 1.5)
		p.hole(7, 9, 2, 4)
		p.put("M4 7v-2c0-2.2 1.8-4 4-4s4 1.8 4 4v2h-2v-2c0-1.1-.9-2-2-2s-2 .9-2 2v2z")
	case view.TroubleIcon: // a triangle with an exclamation mark
		p.put("M7.1 1.5c.4-.7 1.4-.7 1.8 0l6.9 12c.4.7-.1 1.5-.9 1.5h-13.8c-.8 0-1.3-.8-.9-1.5z")
		p.hole(7, 5, 2, 5)
		p.hole(7, 11, 2, 2)
	}
	return p.svg(16, ink)
}
