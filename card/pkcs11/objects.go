//go:build cgo

package pkcs11

import (
	"errors"
	"fmt"
	"strings"

	p11 "github.com/miekg/pkcs11"
)

// The most a token may hold: what has more is not a person's card.
const (
	maxSlots   = 64
	maxObjects = 64
	maxCert    = 16 << 10
)

// list makes the module look which tokens are there. With all it also tells of
// cards that it cannot read, which may take it long.
func (m *cryptoki) list(all bool) ([]tokenState, error) {
	slots, err := m.slots(true)
	if err != nil {
		return nil, err
	}
	if all {
		if slots, err = m.slots(false); err != nil {
			return nil, err
		}
	}
	var tokens []tokenState
	for _, s := range slots {
		t, err := m.token(s)
		if err != nil && !errors.As(err, &t.Fail) {
			return nil, err
		}
		if t.Fail == nil || t.Fail.Code != ckrTokenNotPresent {
			tokens = append(tokens, t)
		}
	}
	return tokens, nil
}

func (m *cryptoki) slots(present bool) ([]uint, error) {
	slots, err := m.ctx.GetSlotList(present)
	if err != nil {
		return nil, called("C_GetSlotList", err)
	}
	return slots[:min(len(slots), maxSlots)], nil
}

// token describes the token in a slot.
func (m *cryptoki) token(slot uint) (tokenState, error) {
	s, err := m.ctx.GetSlotInfo(slot)
	if err != nil {
		return tokenState{}, called("C_GetSlotInfo", err)
	}
	t, err := m.ctx.GetTokenInfo(slot)
	if err != nil {
		return tokenState{Name: tokenName{Slot: octets(s.SlotDescription)}}, called("C_GetTokenInfo", err)
	}
	return tokenState{
		Name:   tokenName{Slot: octets(s.SlotDescription), Label: octets(t.Label), Serial: octets(t.SerialNumber)},
		Model:  strings.ToValidUTF8(string(octets(t.Model)), ""),
		Locked: t.Flags&p11.CKF_USER_PIN_LOCKED != 0,
		Final:  t.Flags&p11.CKF_USER_PIN_FINAL_TRY != 0,
		Keypad: t.Flags&p11.CKF_PROTECTED_AUTHENTICATION_PATH != 0,
	}, nil
}

// find makes the module look and returns the slot of a token.
func (m *cryptoki) find(n tokenName) (uint, error) {
	slots, err := m.slots(true)
	if err != nil {
		return 0, err
	}
	for _, s := range slots {
		if t, err := m.token(s); err == nil && t.Name.equal(n) {
			return s, nil
		}
	}
	return 0, &callError{Text: fmt.Sprintf("token %q is not there", n.Label), Gone: true}
}

// read reads a token's certificates.
func (m *cryptoki) read(n tokenName) ([]object, error) {
	slot, err := m.find(n)
	if err != nil {
		return nil, err
	}
	s, err := m.ctx.OpenSession(slot, p11.CKF_SERIAL_SESSION)
	if err != nil {
		return nil, called("C_OpenSession", err)
	}
	objects, err := m.objects(s)
	if err != nil {
		_ = m.ctx.CloseSession(s)
		return nil, err
	}
	return objects, called("C_CloseSession", m.ctx.CloseSession(s))
}

func (m *cryptoki) objects(s p11.SessionHandle) ([]object, error) {
	certs, err := m.search(s, p11.CKO_CERTIFICATE, nil)
	if err != nil {
		return nil, err
	}
	var objects []object
	for _, c := range certs {
		id, err := m.attribute(s, c, p11.CKA_ID)
		if err != nil || len(id) == 0 {
			continue // belongs to no key
		}
		der, err := m.attribute(s, c, p11.CKA_VALUE)
		if err != nil || len(der) > maxCert {
			continue
		}
		o := object{ID: id, Cert: der}
		keys, err := m.search(s, p11.CKO_PRIVATE_KEY, id)
		if err != nil {
			return nil, err
		}
		if o.Visible = len(keys) > 0; o.Visible {
			o.Always = m.always(s, keys[0])
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// always tells whether a key wants the PIN before each signature.
func (m *cryptoki) always(s p11.SessionHandle, key p11.ObjectHandle) bool {
	v, err := m.attribute(s, key, p11.CKA_ALWAYS_AUTHENTICATE)
	return err == nil && len(v) == 1 && v[0] != 0
}

// search finds objects of a class, with an ID unless it is nil.
func (m *cryptoki) search(s p11.SessionHandle, class uint, id []byte) ([]p11.ObjectHandle, error) {
	template := []*p11.Attribute{p11.NewAttribute(p11.CKA_CLASS, class)}
	if id != nil {
		template = append(template, p11.NewAttribute(p11.CKA_ID, id))
	}
	if err := m.ctx.FindObjectsInit(s, template); err != nil {
		return nil, called("C_FindObjectsInit", err)
	}
	found, _, err := m.ctx.FindObjects(s, maxObjects)
	if err != nil {
		_ = m.ctx.FindObjectsFinal(s)
		return nil, called("C_FindObjects", err)
	}
	return found, called("C_FindObjectsFinal", m.ctx.FindObjectsFinal(s))
}

func (m *cryptoki) attribute(s p11.SessionHandle, o p11.ObjectHandle, kind uint) ([]byte, error) {
	a, err := m.ctx.GetAttributeValue(s, o, []*p11.Attribute{p11.NewAttribute(kind, nil)})
	if err != nil {
		return nil, called("C_GetAttributeValue", err)
	}
	return a[0].Value, nil
}

// name is the name of a return value.
func name(e p11.Error) string {
	text := e.Error() // "pkcs11: 0x5: CKR_GENERAL_ERROR"
	if i := strings.LastIndex(text, "CKR_"); i >= 0 {
		return text[i:]
	}
	return "a code of the module's maker"
}
