package view

// Tone is what a message is about.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good
	Careful
	Bad
)

// Note is a message within a window.
type Note struct {
	Tone     Tone
	Title    string
	Sentence string
	Code     string // for the help desk; empty for none
}

// Action is what a button asks for.
type Action int

// The actions.
const (
	NoAction    Action = iota
	Dismiss            // close the window; nothing else changes
	SubmitPIN          // hand the typed passcode in
	CancelPIN          // close the question for the passcode
	Retry              // ask for the passcode again, or read the card again
	TryNow             // cut a pause short
	ChooseRole         // select the chosen role
	ClearSearch        // show all roles again
	ChangeRole         // open the list of roles
	SignOut            // end the session
	Renew              // authenticate again while the session goes on
	CopyCode           // put the code on the clipboard
	ShowDesk           // open the desk's window
	Quit               // end the program

	LockDesk        // withhold the ticket until the passcode was typed
	EndPlace        // sign out in another place
	ShowCare        // open the window of the card
	UnlockCard      // open it where the PUK is asked for
	ShowDiagnostics // open the window of diagnostics
	ShowSettings    // open the window of settings
	WhoToRing       // say who helps
	StartKeypad     // begin the last try on the reader's keys
	LookForPlaces   // ask the server again where else the person is signed on

	ChangePasscode // open the form that changes the passcode
	SubmitCare     // hand the form of the card in
	LeaveForm      // close it; nothing changes
	ToggleDetails  // show the certificates in full, or no more

	StartAgain     // end the program and start it anew
	KeepPassword   // keep what was typed in the keyring
	ForgetPassword // take it out again
	UnlockKeyring  // have the keyring ask its owner
)

// Button is a verb with its thing. The zero Button is none.
type Button struct {
	Text   string
	Action Action
}

// Options are which of the windows that not every desk has can be opened.
type Options struct{ Diagnostics, Settings bool }

// Environment is what tells where one is, on top of every window.
type Environment struct {
	Live bool
	Name string // a quiet chip where live, else a band in capitals
	Note string // beside the name in the band
	// Colour is the band's where the site gave it one ("#rrggbb"); empty: the look's.
	Colour string
}
