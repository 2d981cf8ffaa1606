package assets

import _ "embed"

//go:embed fonts/Regular.ttf
var regular string

//go:embed fonts/SemiBold.ttf
var semiBold string

// FontRegular is Atkinson Hyperlegible Next, whose 0 and O, 1, l and I differ
// and which has every Welsh letter; SIL Open Font License, fonts/OFL.txt.
func FontRegular() []byte { return []byte(regular) }

// FontSemiBold is the same face for titles and buttons.
func FontSemiBold() []byte { return []byte(semiBold) }
