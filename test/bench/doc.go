// Package bench measures the path from a card to a ticket and on to the
// applications, as ratios within one run: what the product takes next to a bare
// thing that does the part which nobody can do without.
//
//   - from the card going in to the question for the passcode, next to the event;
//   - from the passcode to the ticket, next to what card and server take;
//   - tickets over the agent's socket, next to an echo of the same octets;
//   - what a sign-on and a role assertion cost the Identity Server, next to a
//     TLS handler of the standard library that reads and writes the same bodies
//     and verifies the same signatures. Both are processes of their own on the
//     first core, the asking end is on the others; what counts is the CPU time
//     the kernel books on them, and they take turns.
//
// Nothing fails for being slow. The figures stand in docs/performance.md.
//
//	go test -run - -bench . ./test/bench
package bench
