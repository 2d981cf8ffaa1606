// Package real holds the tests of the whole path on real parts: pcscd with the
// vpcd driver, OpenSC's module and tools, our PIV applet as the card, the server
// over TLS and the agent, all of them started by `lanyard demo --hold` as an
// integrator starts it. It has tests only.
package real
