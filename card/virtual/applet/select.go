package applet

import (
	"bytes"

	"lanyard/card/apdu"
)

// aid is the application identifier of PIV: the identifier of NIST, the
// application and its version. A program may leave out its end.
var aid = [...]byte{0xA0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00}

// ridLen is the part of aid that names its owner and that cannot be left out.
const ridLen = 5

// selectApplication answers SELECT by name. A name that is not PIV's changes
// nothing, nor does PIV's when it is selected already (SP 800-73-4 part 2, 3.1.1).
func (c *Card) selectApplication(cmd apdu.Command) ([]byte, apdu.Status) {
	name := cmd.Data
	if cmd.P1 != 0x04 || len(name) < ridLen || !bytes.HasPrefix(aid[:], name) {
		return nil, apdu.NotFound
	}
	if cmd.P2 != 0x00 {
		return nil, apdu.WrongP1P2
	}
	c.selected = true
	return applicationTemplate(), apdu.OK
}

// applicationTemplate is the application property template: which part of the
// identifier is ours (4F) and who gave the first (79).
func applicationTemplate() []byte {
	v := apdu.AppendTLV(nil, 0x4F, aid[ridLen:])
	v = apdu.AppendTLV(v, 0x79, apdu.AppendTLV(nil, 0x4F, aid[:ridLen]))
	return apdu.AppendTLV(nil, 0x61, v)
}
