// Package contract holds the Identity Server against clients that share no code
// with it and know nothing but the contract: login.sh goes the whole path with
// curl and openssl, and desk writes its requests octet by octet, as each of the
// deployed clients does, and reads the answers as they do. Its tests run the
// server's own binary over TLS.
package contract
