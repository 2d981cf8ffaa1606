//go:build unix

package engine_test

import (
	"testing"

	"lanyard/broker/directory/directorytest"
	"lanyard/test/engine"
)

func TestSlapdComesBack(t *testing.T) {
	s := engine.StartSlapd(t, directorytest.LDIF(), engine.SlapdOptions{})
	s.Kill()
	s.Restart()
	s.Modify("dn: uid=900000000017,ou=People,o=nhs\nchangetype: modify\nreplace: nhsPersonStatus\nnhsPersonStatus: 0\n")
}
