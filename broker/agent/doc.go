// Package agent is the Identity Agent: card in, PIN, signed on, role, ticket;
// card out, and it is over in the way the site's mode says.
//
// [Step] is a pure function from a state and an input to a state and effects.
// One goroutine, [Agent.Run], owns the state, applies Step, runs the effects in
// a group and takes their results back as inputs. Every insertion of a card has
// a generation and every session a serial number; a result of an old one
// changes nothing, except that a ticket which comes late is logged out at once.
// Timers are effects too: nothing polls.
//
// It shows itself through [Desk] as plain values that hold no PIN and no
// ticket. It must not know readers, windows, sockets or the server's code: it
// is given a [card.Watcher], a [card.Opener] and a [Server].
package agent
