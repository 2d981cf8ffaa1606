package pcsc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"lanyard/card"

	"github.com/ebfe/scard"
)

// keypadWait is how long a reader waits for its keys: what it is told, and what
// all of them take.
const keypadWait = 30 * time.Second

// keypadLimit is how long the call may take. Some readers begin their time anew
// at the first key, and the card comes after it.
const keypadLimit = 2*keypadWait + commandLimit

// endsByKey is the way to end an entry that is asked for: the reader's own key
// for it. A PIN has no fixed length that could end it.
const endsByKey = 0x02

// keypad is what is known of a reader's own keys.
type keypad struct {
	verify uint32 // the control code of FEATURE_VERIFY_PIN_DIRECT
	properties
}

// Keypad tells whether a PIN can be typed on the reader's own keys (PC/SC v2
// part 10), and how long the reader waits for them. The reader is asked once;
// the card is not, but it is taken as for Transmit, with the same errors.
func (c *Conn) Keypad(ctx context.Context) (wait time.Duration, ok bool, err error) {
	const op = "ask the reader for its keys"
	var has bool // of no more meaning where the job was abandoned
	j := newJob()
	j.run = func(l *link) ([]byte, error) {
		_, has = l.keypad()
		return nil, nil
	}
	if err := c.send(ctx, j, op); err != nil || !has {
		return 0, false, err
	}
	return keypadWait, true, nil
}

// VerifyOnKeypad has the reader wait for a PIN of least to most digits on its
// own keys, put the digits into the command from the first octet of its data
// on, and send it to the card. The data are as long as the card wants them, at
// most 15 octets, and filled with what pads a PIN: the PIN itself is never in
// this process.
//
// The answer is the card's status word, or the reader's own where nothing was
// sent: 6400 nobody typed in time, 6401 the cancel key, 6403 too few or too
// many digits, 6B80 not understood.
//
// Nothing was sent when the error is [card.ErrUnsupported] (no keys, or none
// that fit) or one of those that Transmit names. With any other error it is not
// known what the card made of the PIN.
//
// The reader cannot be told to stop: SCardCancel ends no control call. The end
// of ctx ends the connection as in Transmit, and the reader waits on by itself
// until its time is over, its cancel key is pressed or the card is taken out. A
// PIN that is still typed goes with the reset that follows.
func (c *Conn) VerifyOnKeypad(ctx context.Context, command []byte, least, most int) ([]byte, error) {
	j := newJob()
	j.apdu, j.limit = append([]byte(nil), command...), c.limits.keypad
	j.run = func(l *link) ([]byte, error) { return l.verify(j.apdu, least, most) }
	if err := c.send(ctx, j, "have a passcode typed on the reader"); err != nil {
		return nil, err
	}
	return j.answer, nil
}

// keypad asks the reader for its keys, once. A driver that does not know the
// question, or cannot be understood, has none; what is wrong with card or
// service the next command tells.
func (l *link) keypad() (keypad, bool) {
	if !l.asked {
		l.asked = true
		l.keys = l.findKeypad()
	}
	return l.keys, l.keys.verify != 0
}

func (l *link) findKeypad() keypad {
	raw, err := l.card.Control(scard.CtlCode(getFeatures), nil)
	if err != nil {
		return keypad{}
	}
	features, err := parseFeatures(raw)
	if err != nil || features[featureVerifyPIN] == 0 {
		return keypad{}
	}
	k := keypad{verify: features[featureVerifyPIN], properties: l.properties(features)}
	if k.condition != 0 && k.condition&endsByKey == 0 {
		return keypad{}
	}
	return k
}

// properties asks for what the reader's keys take. One that does not tell, or
// not in a form that can be read, is told what all of them take.
func (l *link) properties(features map[feature]uint32) properties {
	for _, way := range []struct {
		f     feature
		parse func([]byte) (properties, error)
	}{{featureProperties, parseProperties}, {featurePINProperties, parsePINProperties}} {
		if features[way.f] == 0 {
			continue
		}
		raw, err := l.card.Control(features[way.f], nil)
		if err != nil {
			continue
		}
		if p, err := way.parse(raw); err == nil {
			return p
		}
	}
	return properties{}
}

// verify has a PIN typed on the reader and sent to the card.
func (l *link) verify(command []byte, least, most int) ([]byte, error) {
	k, ok := l.keypad()
	if !ok {
		return nil, fmt.Errorf("%w: the reader has no keys for a passcode", card.ErrUnsupported)
	}
	order, err := k.order(command, least, most)
	if err != nil {
		return nil, err
	}
	answer, err := l.card.Control(k.verify, order)
	if err == nil && len(answer) < statusSize {
		err = scard.ErrNotTransacted
	}
	if err == nil {
		return answer, nil
	}
	err = l.explain("have a passcode typed on the reader", err)
	if errors.Is(err, card.ErrUnsupported) {
		// That stands for nothing sent, which no code of the service tells.
		return nil, fmt.Errorf("%w: %v", card.ErrMute, err)
	}
	return nil, err
}

// The parts of a command with data.
const (
	headerSize = 4
	maxBlock   = 15 // octets of a PIN with its padding, as part 10 can say
)

// order lays out the PIN_VERIFY structure (part 10, 2.5.2), the least
// significant octet first: how the PIN goes into the command, and the command.
func (k keypad) order(command []byte, least, most int) ([]byte, error) {
	block := len(command) - headerSize - 1
	if block < 1 || block > maxBlock || int(command[headerSize]) != block {
		return nil, fmt.Errorf("%w: a command of %d octets has no place for a passcode", card.ErrUnsupported, len(command))
	}
	least = max(least, k.least)
	if k.most != 0 {
		most = min(most, k.most)
	}
	most = min(most, block)
	if least > most || least < 0 {
		return nil, fmt.Errorf("%w: the reader's keys take no passcode of %d to %d digits", card.ErrUnsupported, least, most)
	}
	message := byte(0x00) // none
	if k.display {
		message = 0xFF // the reader's own, in its own language
	}
	const seconds = byte(keypadWait / time.Second)
	b := []byte{
		seconds, seconds, // bTimerOut, bTimerOut2: for the first key, after it
		0x82,        // bmFormatString: octets, from the data's first one, left, ASCII
		byte(block), // bmPINBlockString: no length within, the block's size
		0x00,        // bmPINLengthFormat
	}
	b = append(b, byte(most), byte(least)) // wPINMaxExtraDigit
	b = append(b, endsByKey, message)      // bEntryValidationCondition, bNumberMessage
	b = append(b, 0, 0, 0)                 // wLangId, bMsgIndex
	b = append(b, 0, 0, 0)                 // bTeoPrologue
	b = binary.LittleEndian.AppendUint32(b, uint32(len(command)))
	return append(b, command...), nil
}
