package ldif

import (
	"errors"
	"fmt"
	"io"
	"time"

	"lanyard/broker"
	"lanyard/broker/directory/sds"
)

// load reads a whole file. An error means that it could not be read to its end.
func load(in io.Reader, zone *time.Location) (map[broker.UID]*broker.User, sds.Faults, error) {
	limited := &io.LimitedReader{R: in, N: maxFile + 1}
	r, tree := newReader(limited), sds.NewTree(zone)
	for {
		e, err := r.next()
		var fault *sds.Fault
		switch {
		case errors.Is(err, io.EOF):
			if limited.N <= 0 {
				return nil, sds.Faults{}, fmt.Errorf("file is larger than %d octets", maxFile)
			}
			people := tree.People()
			return people, tree.Faults, nil
		case errors.As(err, &fault):
			tree.Break(fault)
		case err != nil:
			return nil, sds.Faults{}, err
		default:
			tree.Take(e)
		}
	}
}
