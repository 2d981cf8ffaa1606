package managed

import "errors"

// Limits of what is read.
const (
	maxDepth  = 4       // tables within tables
	maxValues = 1000    // in all
	maxText   = 1 << 20 // octets
)

// ErrTooMuch is a policy beyond every use.
var ErrTooMuch = errors.New("the policy holds more than 1000 values, 4 levels or 1 MB")

// over lays one tree over another, which it changes.
func over(below, above map[string]any) {
	for key, value := range above {
		low, lowOK := below[key].(map[string]any)
		high, highOK := value.(map[string]any)
		if lowOK && highOK {
			over(low, high)
			continue
		}
		below[key] = value
	}
}
