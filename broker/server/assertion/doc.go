// Package assertion answers an application that has a user's ticket: who is
// this, in which role, and what other roles are open. The answer is always a
// SAML 1.1 response in HTTP 200; whether it is a yes stands in its status,
// which is all that deployed clients look at.
//
// A person's open roles are read from the directory each time, so that a role
// which was closed during a session is not asserted any more. The package
// starts no goroutine; a [Handler] is safe for concurrent use once it is
// mounted.
package assertion
