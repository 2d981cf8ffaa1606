package pkcs11

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// op is what the child is asked to do.
type op string

// The operations. An operation on a card is begin, login, then for each
// signature prepare, perhaps context, and sign, and end at last.
const (
	opLoad    op = "load"    // load and initialise the module
	opList    op = "list"    // look which tokens are there
	opRead    op = "read"    // read a token's certificates and visible keys
	opBegin   op = "begin"   // open a session on a token that is still the same
	opLogin   op = "login"   // C_Login; one PIN
	opKeys    op = "keys"    // C_Login; the PIN is typed on the reader's keys
	opPrepare op = "prepare" // a session for one signature, C_SignInit
	opContext op = "context" // C_Login for that signature; one PIN
	opAgain   op = "again"   // the same, with the PIN typed on the reader's keys
	opSign    op = "sign"    // C_Sign
	opSetPIN  op = "set-pin" // C_SetPIN; the old PIN and the new one
	opEnd     op = "end"     // C_Logout, close the sessions
)

// pins is how many PIN frames follow a request.
func (o op) pins() int {
	switch o {
	case opLogin, opContext:
		return 1
	case opSetPIN:
		return 2
	default:
		return 0
	}
}

// keyed tells whether the reader waits for its keys in an operation.
func (o op) keyed() bool { return o == opKeys || o == opAgain }

// begins tells whether an operation can be the first one of a child.
func (o op) begins() bool { return o == opList || o == opRead || o == opBegin }

// tokenName is how a module names a token, as octets: the fields are of fixed
// size, and modules cut characters in two.
type tokenName struct {
	Slot   []byte // the slot's description, which is the reader's name
	Label  []byte
	Serial []byte
}

func (n tokenName) equal(o tokenName) bool {
	return bytes.Equal(n.Slot, o.Slot) && bytes.Equal(n.Label, o.Label) && bytes.Equal(n.Serial, o.Serial)
}

// octets takes off what fills a field: blanks, and zeros in some modules.
func octets(field string) []byte { return []byte(strings.TrimRight(field, " \x00")) }

// tokenState is a token that is there.
type tokenState struct {
	Name   tokenName
	Model  string
	Locked bool // no PIN try is left
	Final  bool // one is left
	Keypad bool // the PIN can be typed on the reader's keys
	// Fail is set for a slot whose card cannot be read; nothing else but the
	// slot's description is then.
	Fail *callError `json:",omitempty"`
}

// fingerprint names a certificate that must be on the token.
type fingerprint struct {
	ID  []byte // CKA_ID
	Sum [sha256.Size]byte
}

// object is a certificate and what is known of its key.
type object struct {
	ID      []byte
	Cert    []byte // DER
	Visible bool   // the private key shows before C_Login
	Always  bool   // and it wants the PIN before each signature
}

// request is what the parent asks. PIN frames follow it.
type request struct {
	Op        op
	All       bool          // opList: tell of cards that cannot be read, too
	Token     tokenName     // opRead, opBegin
	Certs     []fingerprint // opBegin
	Write     bool          // opBegin: the session may change the token
	Key       []byte        // opPrepare: CKA_ID
	Mechanism uint          // opPrepare
	Data      []byte        // opSign
	Keep      bool          // opEnd: no C_Logout
	Last      bool          // opEnd: C_Finalize, too
}

// answer is what the child answers.
type answer struct {
	Tokens    []tokenState `json:",omitempty"` // opList
	Objects   []object     `json:",omitempty"` // opRead
	Always    bool         `json:",omitempty"` // opPrepare: opContext is due
	Signature []byte       `json:",omitempty"` // opSign
	Fail      *callError   `json:",omitempty"`
}

func writeMessage(w io.Writer, k kind, m any) error {
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	return writeFrame(w, k, b)
}

func readMessage(r io.Reader, k kind, m any) error {
	b, err := readFrame(r, k)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, m); err != nil {
		return fmt.Errorf("%w: %w", errFrame, err)
	}
	return nil
}
