// Package path holds the end-to-end tests from card to ticket: the real agent,
// server, cards and readers, with the card pulled at every moment, the agent
// killed, its memory searched and its threads counted. It has tests only.
package path
