package fault

// Command is what a command to a card is for.
type Command int

// The kinds of commands. Any stands for every one of them in a script.
const (
	Any     Command = iota
	Select          // choosing the application
	Read            // reading a certificate or another object
	Status          // asking for the PIN tries left
	Verify          // sending a PIN
	Drop            // dropping the PIN state
	Sign            // a private-key operation
	Change          // changing the PIN
	Unblock         // setting a new PIN by the PUK
	Other           // everything else, and all parts of a chain but its last
)

var commandNames = [...]string{"any", "select", "read", "status", "verify", "drop", "sign", "change", "unblock", "other"}

// String returns the name that scripts use.
func (c Command) String() string {
	if c < 0 || int(c) >= len(commandNames) {
		return "other"
	}
	return commandNames[c]
}

func commandNamed(name string) (Command, bool) {
	for c, n := range commandNames {
		if n == name {
			return Command(c), true
		}
	}
	return 0, false
}

// CommandOf tells what a PIV command APDU is for.
func CommandOf(apdu []byte) Command {
	if len(apdu) < 4 || apdu[0]&0x10 != 0 {
		return Other
	}
	switch apdu[1] {
	case 0xA4:
		return Select
	case 0xCB:
		return Read
	case 0x20:
		switch {
		case apdu[2] == 0xFF:
			return Drop
		case len(apdu) <= 5:
			return Status
		default:
			return Verify
		}
	case 0x87:
		return Sign
	case 0x24:
		return Change
	case 0x2C:
		return Unblock
	default:
		return Other
	}
}
