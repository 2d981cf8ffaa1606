// Package fault makes a virtual card misbehave on command: a script says at
// which command the card is pulled, goes mute, is reset, answers slowly or
// wrongly. People train on such cards and integrators test with them.
//
// It owns the script's form (docs/card-faults.md), its playing against a card
// used in the process ([Player.Do]) or behind a reader ([Player.Wrap]), and the
// count of PIN commands by outcome ([Tally]), which every player keeps, with
// and without a script. It knows nothing of how a card works.
//
// It starts no goroutine.
package fault
