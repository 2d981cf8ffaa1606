package failure

// entries is the catalogue, in the order of its constants.
func entries() []Entry {
	return []Entry{
		{
			Code: ReqUnreadable, Actor: Developer, Status: 400, Phrase: phraseUnread, Ticket: "AUTHDATA_SYNTAX_ERROR",
			Text: "The server could not read the request.",
			Next: "Update the calling program; its log names the part that could not be read.",
		},
		{
			Code: ChallengeStale, Actor: You, Status: 403, Phrase: phraseRefused, Ticket: "AUTHENTICATION_FAILED",
			Text: "The sign-on took too long or was sent twice.",
			Next: "Sign on again.",
		},
		{
			Code: SigWrong, Actor: You, Known: "400_645", Status: 403, Phrase: phraseRefused, Ticket: "AUTHENTICATION_FAILED",
			Text: "The signature of the card does not fit the question it was asked.",
			Next: "Take the card out, put it back and sign on again.",
		},
		{
			Code: SigDigest, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "AUTHMETHOD_NOT_SUPPORTED",
			Text: "The card signs in a way this server does not take any more.",
			Next: "Ask for a newer card.",
		},
		{
			Code: CertUntrusted, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "SMARTCARD_NOT_VALID",
			Text: "The card was not issued by an authority this server trusts.",
			Next: "Check that you are on the right environment, then ring your Registration Authority.",
		},
		{
			Code: CertDates, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "SMARTCARD_NOT_VALID",
			Text: "The certificates of this card are not valid today.",
			Next: "Your Registration Authority can renew them.",
		},
		{
			Code: CertRevoked, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "SMARTCARD_NOT_VALID",
			Text: "This card was withdrawn.",
			Next: "Your Registration Authority can give you a new one.",
		},
		{
			Code: CertUsage, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "SMARTCARD_NOT_VALID",
			Text: "The certificate on this card is not for signing on.",
			Next: "Use the card that was given to you for signing on.",
		},
		{
			Code: RevocationUnknown, Actor: National, Status: 503, Phrase: phraseRefused, Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "The server has no fresh list of withdrawn cards, so it lets nobody on.",
			Next: "Ring whoever runs the server: the list of withdrawn cards is too old.",
		},
		{
			Code: UserUnknown, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "USER_NOT_VALID",
			Text: "The server does not know the holder of this card.",
			Next: "Your Registration Authority can connect the card.",
		},
		{
			Code: UserClosed, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "USER_NOT_VALID",
			Text: "The account of this card's holder is closed.",
			Next: "Your Registration Authority can open it again.",
		},
		{
			Code: UserNoRole, Actor: RA, Status: 403, Phrase: phraseRefused, Ticket: "USER_NOT_VALID",
			Text: "The holder of this card has no open role.",
			Next: "Your Registration Authority can add one.",
		},
		{
			Code: SessionLimit, Actor: You, Status: 403, Phrase: phraseRefused, Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "You are signed on in as many places as your organisation allows.",
			Next: "Sign out in another place, then sign on here.",
		},
		{
			Code: SessionEnded, Actor: You, Status: 403, Ticket: "AUTH_NOT_VALID",
			Text: "The session has ended.",
			Next: "Sign on again to go on.",
		},
		{
			Code: RoleRefused, Actor: You, Status: 403, Ticket: "AUTH_NOT_VALID",
			Text: "This role cannot be used: it is not yours or not open.",
			Next: "Choose another role.",
		},
		{
			Code: Busy, Actor: You, Status: 503, Ticket: "SERVER_BUSY",
			Text: "The server has too much to do at the moment.",
			Next: "Wait a moment; the agent tries again by itself.",
		},
		{
			Code: Internal, Actor: National, Status: 500, Ticket: "INTERNAL",
			Text: "The server met a fault of its own.",
			Next: "Ring whoever runs the server and give the reference shown.",
		},
		{
			Code: DirectoryDown, Actor: National, Status: 503, Phrase: phraseRefused, Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "The directory of people behind the server does not answer.",
			Next: "Wait a moment; if it lasts, ring whoever runs the server.",
		},
		{
			Code: StoreDown, Actor: National, Status: 503, Phrase: phraseRefused, Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "The server cannot keep sessions at the moment.",
			Next: "Wait a moment; if it lasts, ring whoever runs the server.",
		},
		{
			Code: ReaderNone, Actor: You, Known: "ERR1009", Ticket: "READER_NOT_AVAILABLE",
			Text: "This computer sees no card reader.",
			Next: "Plug the card reader in.",
		},
		{
			Code: ReaderService, Actor: LocalIT, Ticket: "READER_NOT_AVAILABLE",
			Text: "The card reader service of this computer does not run.",
			Next: "Ring local IT: the smart card service (pcscd) has to be started.",
		},
		{
			Code: ReaderDenied, Actor: LocalIT, Ticket: "READER_NOT_AVAILABLE",
			Text: "The card reader service refuses this user.",
			Next: "Ring local IT: this user needs access to the smart card service.",
		},
		{
			Code: CardMute, Actor: You, Known: "ERR1002", Ticket: "CARD_TRANSACTION_FAILED",
			Text: "The card does not answer.",
			Next: "Wipe the chip with a dry cloth and put the card back.",
		},
		{
			Code: CardBusy, Actor: You, Ticket: "CARD_TRANSACTION_FAILED",
			Text: "Another program is using the card.",
			Next: "Close the other program or wait; the agent goes on by itself.",
		},
		{
			Code: CardReset, Actor: You, Known: "ERR5022", Ticket: "CARD_TRANSACTION_FAILED",
			Text: "Another program reset the card in the middle of the work.",
			Next: "Try again.",
		},
		{
			Code: CardRemoved, Actor: You, Ticket: "CARD_TRANSACTION_FAILED",
			Text: "The card was taken out.",
			Next: "Put the card back in.",
		},
		{
			Code: CardSlow, Actor: You, Known: "ERR5022", Ticket: "CARD_TRANSACTION_FAILED",
			Text: "The card took too long to answer.",
			Next: "Take the card out, put it back and try again.",
		},
		{
			Code: CardUnsupported, Actor: LocalIT, Ticket: "SMARTCARD_NOT_SUPPORTED",
			Text: "This card is of a kind that this computer cannot use.",
			Next: "Use a card of series 8 or later, or ring local IT for the card's own software.",
		},
		{
			Code: CardDamaged, Actor: RA, Known: "ERR1002", Ticket: "SMARTCARD_NOT_VALID",
			Text: "The card holds something that cannot be read.",
			Next: "Your Registration Authority can check the card.",
		},
		{
			Code: CardNoKey, Actor: RA, Ticket: "NO_KEY_FOUND",
			Text: "The card has no key for this.",
			Next: "Your Registration Authority can put certificates on the card.",
		},
		{
			Code: CardNoUser, Actor: You, Ticket: "NO_CERT_FOUND",
			Text: "The certificate on the card names no user id.",
			Next: "Use your NHS smartcard; another card cannot sign on here.",
		},
		{
			Code: CardExpired, Actor: RA, Ticket: "SMARTCARD_NOT_VALID",
			Text: "The certificates of this card have run out.",
			Next: "Your Registration Authority can renew them.",
		},
		{
			Code: CardNotYet, Actor: LocalIT, Ticket: "SMARTCARD_NOT_VALID",
			Text: "The certificates of this card are not valid yet.",
			Next: "Check the clock of this computer.",
		},
		{
			Code: CardMechanism, Actor: RA, Ticket: "AUTHMETHOD_NOT_SUPPORTED",
			Text: "The card cannot make the kind of signature the server asks for.",
			Next: "Ask for a newer card.",
		},
		{
			Code: CardOther, Actor: You, Ticket: "USER_NOT_VALID",
			Text: "This is another person's card.",
			Next: "Put in the card that locked this desk, or sign on with this one.",
		},
		{
			Code: PINWrong, Actor: You, Ticket: "AUTHENTICATION_FAILED",
			Text: "That was not the right passcode.",
			Next: "Type it again; take your time.",
		},
		{
			Code: PINLast, Actor: You, Ticket: "AUTHENTICATION_FAILED",
			Text: "One try is left. If the next one is wrong too, the card locks.",
			Next: "Use the last try only if you are sure; else ring your Registration Authority.",
		},
		{
			Code: PINLocked, Actor: RA, Ticket: "PIN_BLOCKED",
			Text: "This card is locked: three wrong passcodes locked it.",
			Next: "Unlock it with its PUK or at your Registration Authority.",
		},
		{
			Code: PINFormat, Actor: You, Ticket: "AUTHENTICATION_FAILED",
			Text: "A passcode has 6 to 8 digits.",
			Next: "Type it again; no try was used.",
		},
		{
			Code: PINUnknown, Actor: You, Ticket: "CARD_TRANSACTION_FAILED",
			Text: "The card went away while it checked the passcode, so nobody knows whether it took it.",
			Next: "Put the card back; the tries left are shown before you type again.",
		},
		{
			Code: PUKWrong, Actor: You, Ticket: "AUTHENTICATION_FAILED",
			Text: "That was not the right unlocking code (PUK).",
			Next: "Type it again; take your time.",
		},
		{
			Code: PUKLocked, Actor: RA, Ticket: "PIN_BLOCKED",
			Text: "This card cannot be unlocked any more.",
			Next: "Your Registration Authority can give you a new one.",
		},
		{
			Code: ModuleMissing, Actor: LocalIT, Ticket: "NOT_INSTALLED",
			Text: "No software for this kind of card was found.",
			Next: "Ring local IT: the card's PKCS#11 module has to be installed or set.",
		},
		{
			Code: ModuleHung, Actor: You, Ticket: "CARD_TRANSACTION_FAILED",
			Text: "The card's software stopped answering and was restarted.",
			Next: "Take the card out, put it back and try again.",
		},
		{
			Code: ModuleCrashed, Actor: You, Ticket: "CARD_TRANSACTION_FAILED",
			Text: "The card's software stopped and was restarted.",
			Next: "Take the card out, put it back and try again.",
		},
		{
			Code: VCardDamaged, Actor: LocalIT, Ticket: "SMARTCARD_NOT_VALID",
			Text: "The file of this virtual card is damaged.",
			Next: "Put the file back from where it was issued, or have a new virtual card issued.",
		},
		{
			Code: VCardCopied, Actor: RA, Ticket: "SMARTCARD_NOT_VALID",
			Text: "An older copy of this virtual card was put in its place.",
			Next: "Have a new virtual card issued; a copy is not taken.",
		},
		{
			Code: VCardDevice, Actor: LocalIT, Ticket: "SMARTCARD_NOT_VALID",
			Text: "This virtual card was made on another computer.",
			Next: "Use it on the computer it was made on, or have one issued for this one.",
		},
		{
			Code: VCardName, Actor: You, Ticket: "SMARTCARD_NOT_VALID",
			Text: "There is no virtual card of this name.",
			Next: "Look the names up with lanyard card list.",
		},
		{
			Code: VCardIn, Actor: You, Ticket: "CARD_TRANSACTION_FAILED",
			Text: "A virtual card is in already.",
			Next: "Take it out first, with lanyard card remove.",
		},
		{
			Code: UserAbort, Actor: You, Ticket: "USER_ABORT",
			Text: "You closed the question for the passcode.",
			Next: "Start again when you are ready.",
		},
		{
			Code: NetDown, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The network does not answer.",
			Next: "Check the network cable or the wireless; the agent tries again by itself.",
		},
		{
			Code: NetName, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The name of the sign-on server cannot be found.",
			Next: "Check the network; if other sites open, ring local IT about the name service.",
		},
		{
			Code: NetTimeout, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The sign-on server took too long to answer.",
			Next: "The agent tries again by itself; if it lasts, ring local IT.",
		},
		{
			Code: NetReset, Actor: LocalIT, Ticket: "SERVER_COMM_FAILED",
			Text: "The connection to the sign-on server broke off.",
			Next: "The agent tries again by itself; if it lasts, ring local IT.",
		},
		{
			Code: NetProxy, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The proxy between this computer and the server refuses.",
			Next: "Ring local IT: the proxy asks for a name and password (407).",
		},
		{
			Code: TLSUntrusted, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The server's certificate was not issued by an authority this environment trusts.",
			Next: "Do not go on; ring local IT: something stands between this computer and the server.",
		},
		{
			Code: TLSName, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The server's certificate is for another name.",
			Next: "Ring local IT: the address of the server is set wrong or something stands between.",
		},
		{
			Code: TLSDates, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The server's certificate is not valid today.",
			Next: "Check the clock of this computer, then ring whoever runs the server.",
		},
		{
			Code: TLSBroken, Actor: LocalIT, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "No secure connection to the server could be made.",
			Next: "Ring local IT: a proxy or an old protocol version stands between.",
		},
		{
			Code: ServerDown, Actor: National, Ticket: "AUTHSERVER_NOT_AVAILABLE",
			Text: "The sign-on server does not answer.",
			Next: "The agent tries again by itself; if it lasts, ring whoever runs the server.",
		},
		{
			Code: ServerAnswer, Actor: National, Ticket: "SERVER_COMM_FAILED",
			Text: "The server gave an answer that could not be read.",
			Next: "Ring whoever runs the server.",
		},
		{
			Code: ServerRedirect, Actor: LocalIT, Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "The server's answer points to another server, so the sign-on was stopped.",
			Next: "Do not go on; ring local IT: the answer may come from somebody else.",
		},
		{
			Code: ServerChallenge, Actor: LocalIT, Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "The server asked the card to sign something that is no sign-on question.",
			Next: "Do not go on; ring local IT: the answer may come from somebody else.",
		},
		{
			Code: ServerRefused, Actor: National, Known: "400_xxx", Ticket: "AUTHENTICATION_NOT_POSSIBLE",
			Text: "The server refused and gave a reason that is not known here.",
			Next: "Ring whoever runs the server and give the reason shown.",
		},
		{
			Code: NoSession, Actor: You, Ticket: "TICKET_NOT_AVAILABLE",
			Text: "Nobody is signed on at this desk.",
			Next: "Put your card in and sign on.",
		},
		{
			Code: AgentAbsent, Actor: You, Ticket: "NO_SERVERFOUND",
			Text: "The Identity Agent does not run.",
			Next: "Start Lanyard, then try again.",
		},
		{
			Code: AgentDenied, Actor: LocalIT, Ticket: "NO_SERVERFOUND",
			Text: "The Identity Agent belongs to another user of this computer.",
			Next: "Start Lanyard as the user who is at work here.",
		},
		{
			Code: AgentStopping, Actor: You, Ticket: "NO_SERVERFOUND",
			Text: "The Identity Agent is being closed.",
			Next: "Start Lanyard again, then try again.",
		},
		{
			Code: AgentBusy, Actor: You, Ticket: "SERVER_BUSY",
			Text: "The Identity Agent cannot do this at the moment.",
			Next: "Finish what it asks for, then try again.",
		},
		{
			Code: AgentSilent, Actor: You, Ticket: "NO_SERVERFOUND",
			Text: "The Identity Agent runs and does not answer.",
			Next: "Quit Lanyard and start it again; if that does not help, log out and in again.",
		},
		{
			Code: ProfileDemo, Actor: You, Ticket: "SMARTCARD_NOT_VALID",
			Text: "This is a practice card and works in practice only.",
			Next: "Use your own smartcard here.",
		},
		{
			Code: ConfigInvalid, Actor: LocalIT, Ticket: "RESOURCE_NOT_AVAILABLE",
			Text: "The settings of this program cannot be used.",
			Next: "Mend what the message names, then start again.",
		},
	}
}
