package ca

import "errors"

// The ways an authority refuses, told apart with [errors.Is].
var (
	// ErrExists: there is an authority, or something else, in the directory.
	ErrExists = errors.New("directory is not empty")
	// ErrExposed: others than the owner could read a private key.
	ErrExposed = errors.New("private key is readable by others than its owner")
	// ErrDamaged: the files of the directory cannot be read or do not fit together.
	ErrDamaged = errors.New("certificate authority is damaged")
	// ErrKey: neither RSA of 2048 to 4096 bits nor P-256.
	ErrKey = errors.New("public key must be RSA of 2048 to 4096 bits or P-256")
	// ErrRequest: the request itself cannot be granted.
	ErrRequest = errors.New("certificate request refused")
	// ErrUnknown: this authority did not issue the certificate.
	ErrUnknown = errors.New("certificate was not issued here")
	// ErrRevoked: the certificate was revoked before.
	ErrRevoked = errors.New("certificate was revoked")
	// ErrRenewal: too early, too late or too often for a renewal.
	ErrRenewal = errors.New("certificate cannot be renewed")
)
