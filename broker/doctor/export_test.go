package doctor

import "lanyard/broker/failure"

// MaxNumber is the highest number of a failure code.
const MaxNumber = maxNumber

// Numbered are the failure codes by their numbers.
func Numbered() []failure.Code { return numbered() }
