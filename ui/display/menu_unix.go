//go:build !windows && !darwin

package display

import "strings"

// menuText doubles the underscores, of which com.canonical.dbusmenu takes a
// single one for the mark of an access key: certificates name people as
// "900000000017_OKAFOR".
func menuText(text string) string { return strings.ReplaceAll(text, "_", "__") }
