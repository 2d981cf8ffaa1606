package apdu

import "fmt"

// Status is the status word that ends every answer.
type Status uint16

// The status words of ISO/IEC 7816-4 that PIV uses.
const (
	OK                  Status = 0x9000
	MemoryFailure       Status = 0x6581
	WrongLength         Status = 0x6700
	NoChannel           Status = 0x6881
	NoSecureMessaging   Status = 0x6882
	NoChaining          Status = 0x6884
	SecurityStatus      Status = 0x6982 // the PIN was not verified
	Blocked             Status = 0x6983 // no try is left
	ConditionsOfUse     Status = 0x6985
	WrongData           Status = 0x6A80
	NotFound            Status = 0x6A82
	WrongP1P2           Status = 0x6A86
	ReferenceNotFound   Status = 0x6A88
	UnknownInstruction  Status = 0x6D00
	UnknownClass        Status = 0x6E00
	NoPreciseDiagnostic Status = 0x6F00
)

// Refused is the status of a wrong PIN or PUK with so many tries left; a status
// has room for 15.
func Refused(retries int) Status { return 0x63C0 | Status(min(max(retries, 0), 15)) }

// More is the status that says that n octets more wait; over 255 it says 00.
func More(n int) Status {
	if n > 255 {
		n = 0
	}
	return 0x6100 | Status(n)
}

// Retries returns the tries left that a status tells.
func (s Status) Retries() (n int, ok bool) {
	switch {
	case s == Blocked:
		return 0, true
	case s&0xFFF0 == 0x63C0:
		return int(s & 0x0F), true
	default:
		return 0, false
	}
}

// More tells whether octets wait for a GET RESPONSE, and how many to ask for.
func (s Status) More() (ne int, ok bool) {
	if s>>8 != 0x61 {
		return 0, false
	}
	return shortNe(byte(s)), true
}

// WrongNe tells whether the card wants the command again with another Ne.
func (s Status) WrongNe() (ne int, ok bool) {
	if s>>8 != 0x6C {
		return 0, false
	}
	return shortNe(byte(s)), true
}

// String writes the status as card tools do: "SW 6A82".
func (s Status) String() string { return fmt.Sprintf("SW %04X", uint16(s)) }

// Append writes an answer behind dst.
func (s Status) Append(dst []byte) []byte { return append(dst, byte(s>>8), byte(s)) }

// SplitAnswer takes an answer apart. The data are a view into b.
func SplitAnswer(b []byte) (data []byte, s Status, err error) {
	n := len(b) - 2
	if n < 0 {
		return nil, 0, fmt.Errorf("%w: answer of %d octets has no status word", ErrMalformed, len(b))
	}
	return b[:n], Status(b[n])<<8 | Status(b[n+1]), nil
}
