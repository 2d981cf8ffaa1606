package pkcs11

import "syscall"

// tied makes the kernel end the child with its parent, however that ends.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
