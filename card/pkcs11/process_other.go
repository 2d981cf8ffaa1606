//go:build !linux

package pkcs11

import "syscall"

// tied: the child ends by itself when its input does.
func tied() *syscall.SysProcAttr { return nil }
