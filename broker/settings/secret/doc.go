// Package secret keeps what nobody but the user may read, such as the password
// of a proxy, in the keyring of the desktop: Secret Service, macOS Keychain or
// Windows Credential Manager. Where there is no keyring a secret is held in
// memory until the program ends; it is never written to a file.
//
// A keyring that wants to be unlocked answers when its owner does, which may be
// never. So every call runs on a goroutine of its own, at most one at a time in
// a [Ring], and is given up after a few seconds: it ends by itself once the
// keyring answers, and nothing waits for it.
package secret
