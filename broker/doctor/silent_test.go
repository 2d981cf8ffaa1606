//go:build unix

package doctor_test

import (
	"context"
	"net"
	"testing"

	"lanyard/broker/doctor"
	"lanyard/broker/failure"
)

// TestAgentThatHangs holds that an agent which takes the call and never answers
// is told apart from one that does not run: the two want different hands.
func TestAgentThatHangs(t *testing.T) {
	b := newBench(t)
	b.shot = nil
	ln, err := new(net.ListenConfig).Listen(context.Background(), "unix", b.c.Socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if r := b.examine(t)[doctor.LocalAPI]; r.Code != failure.AgentSilent || r.Verdict != doctor.Trouble {
		t.Errorf("%+v", r)
	}
}
