package failure

// What the Identity Server refuses with; the codes are part of the wire
// contract, see docs/failures.md.
const (
	ReqUnreadable     Code = "REQ-UNREADABLE"
	ChallengeStale    Code = "CHALLENGE-STALE"
	SigWrong          Code = "SIG-WRONG"
	SigDigest         Code = "SIG-DIGEST"
	CertUntrusted     Code = "CERT-UNTRUSTED"
	CertDates         Code = "CERT-DATES"
	CertRevoked       Code = "CERT-REVOKED"
	CertUsage         Code = "CERT-USAGE"
	RevocationUnknown Code = "REVOCATION-UNKNOWN"
	UserUnknown       Code = "USER-UNKNOWN"
	UserClosed        Code = "USER-CLOSED"
	UserNoRole        Code = "USER-NO-ROLE"
	SessionLimit      Code = "SESSION-LIMIT"
	SessionEnded      Code = "SESSION-ENDED"
	RoleRefused       Code = "ROLE-REFUSED"
	Busy              Code = "BUSY"
	Internal          Code = "INTERNAL"
	DirectoryDown     Code = "DIRECTORY-DOWN" // HTTP 503; the directory behind the server does not answer
	StoreDown         Code = "STORE-DOWN"     // HTTP 503; the session store behind the server does not answer
)

// What goes wrong at the desk.
const (
	ReaderNone      Code = "READER-NONE"
	ReaderService   Code = "READER-SERVICE"
	ReaderDenied    Code = "READER-DENIED"
	CardMute        Code = "CARD-MUTE"
	CardBusy        Code = "CARD-BUSY"
	CardReset       Code = "CARD-RESET"
	CardRemoved     Code = "CARD-REMOVED"
	CardSlow        Code = "CARD-SLOW"
	CardUnsupported Code = "CARD-UNSUPPORTED"
	CardDamaged     Code = "CARD-DAMAGED"
	CardNoKey       Code = "CARD-NO-KEY"
	CardNoUser      Code = "CARD-NO-USER"
	CardExpired     Code = "CARD-EXPIRED"
	CardNotYet      Code = "CARD-NOT-YET"
	CardMechanism   Code = "CARD-MECHANISM"
	CardOther       Code = "CARD-OTHER" // another person's card where this one's is awaited
	PINWrong        Code = "PIN-WRONG"
	PINLast         Code = "PIN-LAST"
	PINLocked       Code = "PIN-LOCKED"
	PINFormat       Code = "PIN-FORMAT"
	PINUnknown      Code = "PIN-UNKNOWN" // sent, outcome unknown
	PUKWrong        Code = "PUK-WRONG"
	PUKLocked       Code = "PUK-LOCKED"
	ModuleMissing   Code = "MODULE-MISSING"
	ModuleHung      Code = "MODULE-HUNG"
	ModuleCrashed   Code = "MODULE-CRASHED"
	VCardDamaged    Code = "VCARD-DAMAGED"
	VCardCopied     Code = "VCARD-COPIED" // an older copy was put in its place
	VCardDevice     Code = "VCARD-DEVICE" // the device key that seals it is not here
	VCardName       Code = "VCARD-NAME"   // no card of that name is in the drawer's folder
	VCardIn         Code = "VCARD-IN"     // the drawer holds one card at a time
	UserAbort       Code = "USER-ABORT"
)

// What goes wrong between the agent and the server.
const (
	NetDown         Code = "NET-DOWN"
	NetName         Code = "NET-NAME"
	NetTimeout      Code = "NET-TIMEOUT"
	NetReset        Code = "NET-RESET"
	NetProxy        Code = "NET-PROXY"
	TLSUntrusted    Code = "TLS-UNTRUSTED"
	TLSName         Code = "TLS-NAME"
	TLSDates        Code = "TLS-DATES"
	TLSBroken       Code = "TLS-BROKEN"
	ServerDown      Code = "SERVER-DOWN"      // refused connection, 502, 503 or 504 of a front end
	ServerAnswer    Code = "SERVER-ANSWER"    // an answer that cannot be read
	ServerRedirect  Code = "SERVER-REDIRECT"  // an address in an answer that is not the profile's own
	ServerChallenge Code = "SERVER-CHALLENGE" // a challenge that is not 48 octets
	ServerRefused   Code = "SERVER-REFUSED"   // a refusal without a code that is known here
)

// What applications on the desk are told.
const (
	NoSession     Code = "NO-SESSION"
	AgentAbsent   Code = "AGENT-ABSENT"
	AgentDenied   Code = "AGENT-DENIED"
	AgentStopping Code = "AGENT-STOPPING"
	AgentBusy     Code = "AGENT-BUSY"
	AgentSilent   Code = "AGENT-SILENT" // it takes calls and answers none
	ProfileDemo   Code = "PROFILE-DEMO" // a demo CA's card outside the demo profile
	ConfigInvalid Code = "CONFIG-INVALID"
)
