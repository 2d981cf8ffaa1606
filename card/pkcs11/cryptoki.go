//go:build cgo

package pkcs11

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"unsafe"

	p11 "github.com/miekg/pkcs11"

	"lanyard/card"
)

// cryptoki is the module, in the child. It has at most one operation on a card
// at a time.
type cryptoki struct {
	path string
	ctx  *p11.Ctx

	active  bool
	slot    uint
	session p11.SessionHandle // of the operation
	signing p11.SessionHandle // of one signature
	ready   bool              // signing is open and C_SignInit was called
}

var errNoOperation = errors.New("no operation was begun")

// called makes of a failed call what the parent is told.
func called(call string, err error) error {
	if err == nil {
		return nil
	}
	var code p11.Error
	if !errors.As(err, &code) {
		return &callError{Call: call, Code: ckrGeneralError, Text: err.Error()}
	}
	return &callError{Call: call, Code: uint(code), Text: name(code)}
}

// load loads the module and makes it ready.
func (m *cryptoki) load() error {
	if m.ctx = p11.New(m.path); m.ctx == nil {
		return errors.New("it cannot be loaded: not a PKCS#11 module, one for another processor, or a library it needs is missing")
	}
	err := m.ctx.Initialize()
	if errors.Is(err, p11.Error(p11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return nil
	}
	return called("C_Initialize", err)
}

// context is C_Login for the one signature that was prepared.
func (m *cryptoki) context(pin *card.PIN) error {
	if !m.ready {
		return errNoOperation
	}
	return called("C_Login", m.ctx.Login(m.signing, p11.CKU_CONTEXT_SPECIFIC, text(pin)))
}

// login is C_Login for the operation.
func (m *cryptoki) login(pin *card.PIN) error {
	if !m.active {
		return errNoOperation
	}
	return called("C_Login", m.ctx.Login(m.session, p11.CKU_USER, text(pin)))
}

// setPIN is C_SetPIN.
func (m *cryptoki) setPIN(old, new *card.PIN) error {
	if !m.active {
		return errNoOperation
	}
	return called("C_SetPIN", m.ctx.SetPIN(m.session, text(old), text(new)))
}

// text makes a string of a PIN's own octets, which go when it is wiped: the
// binding takes nothing else. No PIN is the empty one, which the binding makes
// the NULL by which a module is told to use the reader's keys.
func text(pin *card.PIN) string {
	b := pin.Octets()
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// begin opens a session on a token that is still the one the parent knows.
func (m *cryptoki) begin(q *request) error {
	if m.active {
		return errors.New("an operation was begun already")
	}
	slot, err := m.find(q.Token)
	if err != nil {
		return err
	}
	// What an earlier operation left open may be logged in.
	if err := m.ctx.CloseAllSessions(slot); err != nil {
		return called("C_CloseAllSessions", err)
	}
	flags := uint(p11.CKF_SERIAL_SESSION)
	if q.Write {
		flags |= p11.CKF_RW_SESSION
	}
	session, err := m.ctx.OpenSession(slot, flags)
	if err != nil {
		return called("C_OpenSession", err)
	}
	if err := m.same(session, q.Certs); err != nil {
		_ = m.ctx.CloseSession(session)
		return err
	}
	m.active, m.slot, m.session = true, slot, session
	return nil
}

// same tells whether the certificates are those the parent knows.
func (m *cryptoki) same(s p11.SessionHandle, want []fingerprint) error {
	for _, w := range want {
		certs, err := m.search(s, p11.CKO_CERTIFICATE, w.ID)
		if err != nil {
			return err
		}
		if !m.holds(s, certs, w) {
			return &callError{Text: fmt.Sprintf("another card: certificate %X is not the one that was read", w.ID), Gone: true}
		}
	}
	return nil
}

func (m *cryptoki) holds(s p11.SessionHandle, certs []p11.ObjectHandle, w fingerprint) bool {
	for _, c := range certs {
		der, err := m.attribute(s, c, p11.CKA_VALUE)
		if err == nil && sha256.Sum256(der) == w.Sum {
			return true
		}
	}
	return false
}

// prepare opens a session for one signature and starts it.
func (m *cryptoki) prepare(id []byte, mechanism uint) (always bool, err error) {
	if !m.active {
		return false, errNoOperation
	}
	// The module looks at the reader here: signing with a card that has left
	// is what makes modules hang.
	info, err := m.ctx.GetSlotInfo(m.slot)
	if err != nil {
		return false, called("C_GetSlotInfo", err)
	}
	if info.Flags&p11.CKF_TOKEN_PRESENT == 0 {
		return false, &callError{Text: "no card in the slot any more", Gone: true}
	}
	if m.signing, err = m.ctx.OpenSession(m.slot, p11.CKF_SERIAL_SESSION); err != nil {
		return false, called("C_OpenSession", err)
	}
	keys, err := m.search(m.signing, p11.CKO_PRIVATE_KEY, id)
	if err != nil {
		return false, err
	}
	if len(keys) == 0 {
		return false, &callError{Text: fmt.Sprintf("no private key %X", id), NoKey: true}
	}
	always = m.always(m.signing, keys[0])
	if err := m.ctx.SignInit(m.signing, []*p11.Mechanism{p11.NewMechanism(mechanism, nil)}, keys[0]); err != nil {
		return false, called("C_SignInit", err)
	}
	m.ready = true
	return always, nil
}

// sign makes the signature that was prepared and closes its session.
func (m *cryptoki) sign(data []byte) ([]byte, error) {
	if !m.ready {
		return nil, errNoOperation
	}
	m.ready = false
	sig, err := m.ctx.Sign(m.signing, data)
	if err != nil {
		return nil, called("C_Sign", err)
	}
	return sig, called("C_CloseSession", m.ctx.CloseSession(m.signing))
}

// end drops the PIN state and closes the sessions; with last it is also the end
// of this process's use of the module.
func (m *cryptoki) end(keep, last bool) error {
	if !m.active {
		return errNoOperation
	}
	m.active, m.ready = false, false
	var errs []error
	if !keep {
		errs = append(errs, called("C_Logout", m.ctx.Logout(m.session)))
	}
	errs = append(errs, called("C_CloseAllSessions", m.ctx.CloseAllSessions(m.slot)))
	if last {
		errs = append(errs, called("C_Finalize", m.ctx.Finalize()))
	}
	return errors.Join(errs...)
}
