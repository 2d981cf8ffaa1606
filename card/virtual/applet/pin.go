package applet

import (
	"errors"

	"lanyard/card"
	"lanyard/card/apdu"
)

// refPIN is the key reference of the application's PIN.
const refPIN = 0x80

// secretLen is the length of a padded PIN or PUK in a command.
const secretLen = 8

// verify answers VERIFY. Without data it tells the state and costs no try; with
// P1=FF it drops the state.
func (c *Card) verify(cmd apdu.Command) apdu.Status {
	switch {
	case cmd.P2 != refPIN:
		return apdu.ReferenceNotFound
	case cmd.P1 == 0xFF:
		if len(cmd.Data) > 0 {
			return apdu.WrongData
		}
		c.dropPIN()
		return apdu.OK
	case cmd.P1 != 0x00:
		return apdu.WrongP1P2
	case len(cmd.Data) == 0:
		return c.pinState()
	}
	c.fresh = false
	pin, ok := unpad(cmd.Data)
	if !ok {
		return apdu.WrongData
	}
	if c.b.Retries() == 0 {
		c.dropPIN()
		return apdu.Blocked
	}
	accepted, retries, err := c.b.VerifyPIN(pin)
	return c.pinTried(accepted, retries, err)
}

// changeReference answers CHANGE REFERENCE DATA for the PIN: old and new.
func (c *Card) changeReference(cmd apdu.Command) apdu.Status {
	old, fresh, s := twoSecrets(cmd)
	if s != apdu.OK {
		return s
	}
	if c.b.Retries() == 0 {
		c.dropPIN()
		return apdu.Blocked
	}
	accepted, retries, err := c.b.ChangePIN(old, fresh)
	s = c.pinTried(accepted, retries, err)
	c.fresh = false // only VERIFY stands directly before a signature
	return s
}

// resetRetry answers RESET RETRY COUNTER: the PUK and a new PIN.
func (c *Card) resetRetry(cmd apdu.Command) apdu.Status {
	puk, fresh, s := twoSecrets(cmd)
	if s != apdu.OK {
		return s
	}
	if c.b.PUKRetries() == 0 {
		return apdu.Blocked
	}
	accepted, retries, err := c.b.Unblock(puk, fresh)
	switch {
	case err != nil:
		return c.failed("unblock", err)
	case !accepted:
		return apdu.Refused(retries)
	default:
		c.dropPIN() // it was the old PIN's
		return apdu.OK
	}
}

// twoSecrets takes the data of a command that carries one secret and a new PIN.
func twoSecrets(cmd apdu.Command) (first, second []byte, s apdu.Status) {
	switch {
	case cmd.P1 != 0x00:
		return nil, nil, apdu.WrongP1P2
	case cmd.P2 != refPIN:
		return nil, nil, apdu.ReferenceNotFound
	case len(cmd.Data) != 2*secretLen:
		return nil, nil, apdu.WrongData
	}
	first, ok := unpad(cmd.Data[:secretLen])
	second, ok2 := unpad(cmd.Data[secretLen:])
	if !ok || !ok2 {
		return nil, nil, apdu.WrongData
	}
	return first, second, apdu.OK
}

// unpad takes the padding off a secret: 4 to 8 octets of printable ASCII, then
// FF to the length of 8.
func unpad(b []byte) (secret []byte, ok bool) {
	if len(b) != secretLen {
		return nil, false
	}
	n := secretLen
	for n > 0 && b[n-1] == 0xFF {
		n--
	}
	if n < card.MinPIN {
		return nil, false
	}
	for _, c := range b[:n] {
		if c < 0x21 || c > 0x7E {
			return nil, false
		}
	}
	return b[:n], true
}

// pinTried keeps and tells how a try of the PIN ended.
func (c *Card) pinTried(accepted bool, retries int, err error) apdu.Status {
	if errors.Is(err, card.ErrPINFormat) {
		return apdu.WrongData // nothing was tried
	}
	if err != nil {
		c.dropPIN()
		return c.failed("PIN", err)
	}
	if !accepted {
		c.dropPIN()
		return apdu.Refused(retries)
	}
	c.verified, c.fresh = true, true
	return apdu.OK
}

// pinState tells whether the PIN is verified, else how many tries are left.
func (c *Card) pinState() apdu.Status {
	if c.verified {
		return apdu.OK
	}
	if n := c.b.Retries(); n > 0 {
		return apdu.Refused(n)
	}
	return apdu.Blocked
}

func (c *Card) dropPIN() {
	c.verified, c.fresh = false, false
	c.b.Lock()
}

// failed writes down why the backend failed and finds the status for it.
func (c *Card) failed(what string, err error) apdu.Status {
	if errors.Is(err, card.ErrPINFormat) {
		return apdu.WrongData
	}
	c.log.Error("card failed", "operation", what, "err", err)
	return apdu.MemoryFailure
}
