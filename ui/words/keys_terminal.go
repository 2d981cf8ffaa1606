package words

// The texts of the desk in a terminal. Keys of the keyboard are no part of them.
const (
	TermKeys      Key = "terminal.keys"
	TermKeyRole   Key = "terminal.key.role"
	TermKeyLock   Key = "terminal.key.lock"
	TermKeyCard   Key = "terminal.key.card"
	TermKeyPlaces Key = "terminal.key.places"
	TermKeyOut    Key = "terminal.key.out"
	TermKeyLeave  Key = "terminal.key.leave"
	TermKeyChange Key = "terminal.key.change"
	TermKeyPUK    Key = "terminal.key.puk"
	TermKeySignOn Key = "terminal.key.sign-on"
	TermKeyGoOn   Key = "terminal.key.go-on"
	TermPickRole  Key = "terminal.pick-role"
	TermNoRole    Key = "terminal.no-role"
	TermLastUsed  Key = "terminal.last-used"
	TermAlso      Key = "terminal.also"
	TermUnlocked  Key = "terminal.unlocked"
	TermReader    Key = "terminal.reader"
	TermPickPlace Key = "terminal.pick-place"
	TermPlace     Key = "terminal.place"
	TermNoPlace   Key = "terminal.no-place"
	TermNotNow    Key = "terminal.not-now"
	TermMoreRoles Key = "terminal.more-roles"
)
