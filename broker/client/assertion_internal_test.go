package client

import (
	"testing"

	"lanyard/broker/failure"
)

func TestAssertionCode(t *testing.T) {
	for text, want := range map[string]failure.Code{
		"SESSION-ENDED: The session has ended.":            failure.SessionEnded,
		"BUSY: The server has too much to do.":             failure.Busy,
		"INTERNAL: A fault of the server's own, ref 1f0a.": failure.Internal,
		"no role selected":                                 failure.RoleRefused,
		"The SAML REQUEST is not OK":                       failure.ServerRefused,
		"":                                                 failure.ServerRefused,
	} {
		if got := assertionCode(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
