// Package answer builds and reads the signed challenge of a sign-on: a CMS
// SignedData over the challenge octets, in the MIME dress old clients put
// round it.
//
// Both ends use it: the agent builds, the server reads. Reading is tolerant of
// BER and of the encodings deployed clients are known for, never of a wrong
// signature. Whether a digest, a key size or a certificate is good enough is
// policy and not decided here. No goroutine.
package answer
