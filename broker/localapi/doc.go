// Package localapi is what programs on this machine talk to: the agent's
// socket, and both ends of the protocol on it. Only the user the agent runs as
// is answered, which the operating system tells (package peer), before anything
// is read.
//
// [Listen] makes the listener, [Server.Serve] serves it, [Dial] makes a
// [Client]. It must not know windows, cards or the Identity Server: it meets
// the agent at [agent.Desk] and a few questions more, and tickets at the
// provider that decides about them.
//
// # Protocol, version 1
//
// A Unix socket ($XDG_RUNTIME_DIR/lanyard/agent.sock, else
// lanyard/agent.sock in the user's cache folder) or, on Windows, the named pipe
// \\.\pipe\lanyard-agent-SID-SESSION. Both ends write JSON objects, one a line,
// in UTF-8. A connection is kept and carries any number of requests, at the
// same time too: answers bear the id of their request and come in any order.
//
//	> {"v":1,"id":1,"op":"ticket","args":{"prompt":true}}
//	> {"v":1,"id":2,"op":"whoami"}
//	< {"id":2,"error":{"code":"NO-SESSION","text":"…","retries":-1}}
//	< {"id":1,"ok":{"ticket":"AQIC…"}}
//
// Each request has one answer with "ok" or "error"; a watch has any number with
// "more":true before it. The operations, their arguments and limits are told in
// docs/local-api.md.
//
// # Secrets
//
// A ticket stands in the answer to "ticket", and inside the role assertion
// where the national format puts it; neither is ever logged. A PIN is decoded
// from the line it came in straight into a [card.PIN], and the line is
// overwritten.
//
// # Goroutines
//
// [Server.Serve] starts one for each connection and one for each request on it,
// and returns when all have ended. [Dial] starts one reader, which
// [Client.Close] stops and waits for.
package localapi
