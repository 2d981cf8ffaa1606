//go:build unix

package main

import "golang.org/x/sys/unix"

// noCoreFiles forbids a picture of this program's memory on a crash, and of its
// helpers': for moments passcodes stand in it.
func noCoreFiles() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
