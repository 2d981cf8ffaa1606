//go:build !cgo

package pkcs11

import (
	"errors"

	"lanyard/card"
)

// cryptoki is the module, in a child that cannot load one.
type cryptoki struct{ path string }

var errNoCgo = errors.New("this program was built without cgo and loads no PKCS#11 modules")

func (m *cryptoki) load() error                        { return errNoCgo }
func (m *cryptoki) list(bool) ([]tokenState, error)    { return nil, errNoCgo }
func (m *cryptoki) read(tokenName) ([]object, error)   { return nil, errNoCgo }
func (m *cryptoki) begin(*request) error               { return errNoCgo }
func (m *cryptoki) login(*card.PIN) error              { return errNoCgo }
func (m *cryptoki) prepare([]byte, uint) (bool, error) { return false, errNoCgo }
func (m *cryptoki) context(*card.PIN) error            { return errNoCgo }
func (m *cryptoki) sign([]byte) ([]byte, error)        { return nil, errNoCgo }
func (m *cryptoki) setPIN(old, new *card.PIN) error    { return errNoCgo }
func (m *cryptoki) end(keep, last bool) error          { return errNoCgo }
