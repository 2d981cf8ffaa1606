// Package ldif is the directory in a file: people, organisations and role
// profiles in the shape of the national directory, as LDIF (RFC 2849).
//
//	uid=900000000017,ou=People,o=nhs                                a person
//	uniqueIdentifier=…,uid=900000000017,ou=People,o=nhs             the person at an organisation
//	uniqueIdentifier=…,uniqueIdentifier=…,uid=900000000017,…        a role there
//	uniqueIdentifier=T1431,ou=Organisations,o=nhs                   an organisation
//
// Where an entry stands and whether it has a job role tells what it is, not
// its object class. Everything else in the file is passed over. Names and
// codes (areas of work, activities, work groups) are pairs where there are as
// many of the one as of the other, in the order of the file. The attribute
// lanyardTraining is ours: TRUE allows a role in training mode.
//
// An entry that cannot be used is left out and told with its line and name;
// the rest is served. What leaving it out could hide is left out with it: a
// role below a broken person, never the close date of a role.
//
// Values by URL are refused and nothing is ever fetched; change records are
// refused. The package writes the same shape, for the demo and for tools.
//
// It starts no goroutine; a [Directory] is safe for concurrent use.
package ldif
