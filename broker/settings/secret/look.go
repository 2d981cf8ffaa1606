package secret

// State is how a secret does, as it can be told without asking its owner for
// anything.
type State int

// The states.
const (
	Absent State = iota // the keyring is open and holds none
	Kept                // it holds one
	Locked              // it has to be unlocked before it says
	None                // there is no keyring
	Held                // there is no keyring; it is held until the program ends
)

// String names the state for logs.
func (s State) String() string {
	return [...]string{"absent", "kept", "locked", "none", "held"}[s]
}
