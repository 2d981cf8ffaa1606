// Package exchange is one request to the Identity Server and its answer: the
// body is read whole within limits of size and time, the handler returns an
// answer or a refusal as a value, and one writer puts either on the wire in the
// form of the route. Every request gets an id and one line in the log.
//
// The log line names the route, never the path or query that came: tickets
// stand in URLs here. Paths are matched exactly, but for more slashes at their
// front, and never redirected, for the same reason. A handler's panic is
// answered with INTERNAL and the id.
//
// Of sessions and people it knows the errors only. It starts no goroutine;
// handlers run on the HTTP server's.
package exchange
