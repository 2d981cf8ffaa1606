// Package sds knows what entries of the national directory mean: people, their
// posts at organisations and their roles there, wherever the entries come from.
//
//	uid=900000000017,ou=People,o=nhs                                a person
//	uniqueIdentifier=…,uid=900000000017,ou=People,o=nhs             the person at an organisation
//	uniqueIdentifier=…,uniqueIdentifier=…,uid=900000000017,…        a role there
//	uniqueIdentifier=T1431,ou=Organisations,o=nhs                   an organisation
//
// Where an entry stands and whether it has a job role tells what it is, not
// its object class. Everything else is passed over. Names and codes (areas of
// work, activities, work groups) are pairs where there are as many of the one as
// of the other, in the order they come in. The attribute lanyardTraining is
// ours: TRUE allows a role in training mode.
//
// An entry that cannot be used is left out and told with its name; the rest is
// served. What leaving it out could hide is left out with it: a role below a
// broken person, never the close date of a role.
//
// The package reads no file and no network, and starts no goroutine.
package sds
