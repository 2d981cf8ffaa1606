package applet

// OldClients shows the authentication key a second time, as the key management
// key. One deployed client takes the last key that its PKCS#11 module says can
// decrypt. On the cards it was written for that is the authentication key;
// OpenSC says so of a PIV card's content-commitment key too, but lists the key
// management key behind it.
type OldClients struct{ Backend }

// Certificate returns the authentication certificate for the key management
// slot, too.
func (o OldClients) Certificate(s Slot) []byte { return o.Backend.Certificate(seen(s)) }

// Sign signs with the authentication key in the key management slot, too.
func (o OldClients) Sign(s Slot, input []byte) ([]byte, error) {
	return o.Backend.Sign(seen(s), input)
}

// seen is the slot whose key stands behind a slot.
func seen(s Slot) Slot {
	if s == SlotManagement {
		return SlotAuthentication
	}
	return s
}
