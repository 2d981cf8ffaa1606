// Package role is role selection at the Identity Server: the session of a
// ticket is used in one role from then on, until another is selected. The role
// must be an open one of the session's user; whoever asks for another is
// refused and stands in the log.
//
// It knows neither how sessions nor how people are kept. It starts no
// goroutine; a [Handler] is safe for concurrent use once it is mounted.
package role
