package display

// menuText returns the text: a menu has no access keys here.
func menuText(text string) string { return text }
