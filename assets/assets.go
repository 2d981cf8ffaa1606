// Package assets holds what is compiled into the programs. It imports nothing
// of this module.
package assets

import _ "embed"

//go:generate go run ./directory/generate directory

//go:embed directory/demo.ldif
var demoDirectory string

// DemoDirectory returns the demo's directory as LDIF: an invented trust, its
// neighbours and their people; see directory/README.md.
func DemoDirectory() []byte { return []byte(demoDirectory) }
