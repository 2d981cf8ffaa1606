package display

import "strings"

// menuText doubles the ampersands, of which a menu takes a single one for the
// mark of an access key: "A&E Nurse".
func menuText(text string) string { return strings.ReplaceAll(text, "&", "&&") }
