// Package contract holds the Identity Server against clients that share no code
// with it and know nothing but the contract: login.sh goes the whole path with
// curl and openssl. Its tests run the server's own binary over TLS.
package contract
