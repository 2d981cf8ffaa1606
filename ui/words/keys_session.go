package words

// The texts of the desk's own window, the tray and notifications.
const (
	Looking         Key = "session.looking"
	LookingSentence Key = "session.looking.sentence"

	PINWhileAway Key = "pin.while-away"

	UnlockHere     Key = "session.unlock-here"
	UnlockSentence Key = "session.unlock-here.sentence"
	UnlockDesk     Key = "session.unlock-desk"
	WhoSignsOut    Key = "session.who-signs-out"
	LockNow        Key = "session.lock"

	PlacesHead   Key = "places.head"
	PlacesAsked  Key = "places.asked"
	PlacesNone   Key = "places.none"
	PlacesMore   Key = "places.more"
	PlaceUnnamed Key = "places.unnamed"
	EndThere     Key = "places.end"
	EndAt        Key = "places.end-at"
	EndingThere  Key = "places.ending"
	LookAgain    Key = "places.look-again"
	GrantsMore   Key = "session.using.more"

	NoTrayNoNotices Key = "session.no-tray.no-notices"
	NoNotices       Key = "session.no-notices"

	WhatToCheck Key = "button.what-to-check"
	Diagnostics Key = "button.diagnostics"
	RingWhom    Key = "button.who-to-ring"
	UnlockThis  Key = "button.unlock-card"

	RingHead Key = "trouble.ring"
	RingSay  Key = "trouble.ring.say"
	RingCard Key = "trouble.ring.card"
	RingFind Key = "trouble.ring.find"

	TrayStarting    Key = "tray.starting"
	TrayCard        Key = "tray.card"
	TrayDiagnostics Key = "tray.diagnostics"
	TraySettings    Key = "tray.settings"

	NoticeOver      Key = "notice.over"
	NoticeSignOn    Key = "notice.over.sentence"
	NoticeBack      Key = "notice.back"
	NoticeStillOn   Key = "notice.back.sentence"
	NoticePlace     Key = "notice.place"
	NoticePlaceThen Key = "notice.place.sentence"
)
