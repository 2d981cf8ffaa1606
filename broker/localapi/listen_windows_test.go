package localapi

import (
	"errors"
	"strings"
	"testing"

	"github.com/Microsoft/go-winio"

	"lanyard/broker/localapi/peer"
)

func TestDescriptorLetsOneUserIn(t *testing.T) {
	d := descriptor(peer.Self())
	if d != "D:P(A;;GA;;;"+peer.Self()+")" || strings.Count(d, "(") != 1 {
		t.Errorf("descriptor is %s", d)
	}
	if _, err := winio.SddlToSecurityDescriptor(d); err != nil {
		t.Error(err)
	}
}

func TestSecondAgentIsRefused(t *testing.T) {
	address := `\\.\pipe\lanyard-test-` + t.Name()
	l, err := Listen(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if _, err := Listen(t.Context(), address); !errors.Is(err, ErrInUse) {
		t.Errorf("second agent: %v", err)
	}
}
