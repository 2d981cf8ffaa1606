// Package terminal is the desk in a terminal: it shows the agent's state line
// by line and asks for passcode and role there. It meets the agent at
// [agent.Desk] only, so it works on the agent in this process and, through the
// local API, on one that runs already.
//
// What is typed lives in a fixed buffer, belongs to one insertion, is echoed as
// dots only and is wiped when it was handed over or the card left. Keys are
// waited for without polling; [Desk.Run] owns its goroutines and waits for them.
package terminal
