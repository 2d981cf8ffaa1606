package doctor

import (
	"slices"

	"lanyard/broker/failure"
)

// Say names a sentence. Its words stand in the catalogue of the desk; what is
// in braces there is in the row's values.
type Say string

// The sentences, by the row they are for.
const (
	ServiceRuns   Say = "service.runs"
	NotNeeded     Say = "drawer" // cards come from a drawer: no reader is asked
	NotReached    Say = "not-reached"
	ReadersFound  Say = "readers.found" // {readers}
	CardIn        Say = "card.in"       // {atr}
	CardVirtual   Say = "card.virtual"
	CardOut       Say = "card.out"
	CertsUntil    Say = "certificates.until" // {date}
	CertsNear     Say = "certificates.near"  // counted: days; {date}
	CertsSoon     Say = "certificates.soon"  // counted: days; {date}
	CertsUnread   Say = "certificates.unread"
	CertsNoCard   Say = "certificates.no-card"
	ModuleFound   Say = "module.found" // {path}
	ModuleNone    Say = "module.none"
	ClockRight    Say = "clock.right"
	ClockSlow     Say = "clock.slow" // counted: minutes
	ClockFast     Say = "clock.fast" // counted: minutes
	ClockUnknown  Say = "clock.unknown"
	NetAnswers    Say = "network.answers" // {ms}
	NetReaches    Say = "network.reaches" // the server's computer, which refuses
	NetByProxy    Say = "network.proxy"   // {ms}
	ProxyNone     Say = "proxy.none"
	ProxyInUse    Say = "proxy.used" // {proxy}
	ProxyPassword Say = "proxy.password"
	ProxyScript   Say = "proxy.script"      // {script}
	CertGood      Say = "certificate.good"  // {date}
	CertSoon      Say = "certificate.soon"  // counted: days
	ServerAnswers Say = "server.answers"    // {ms}
	DirWorks      Say = "directory.works"   // as the server last said
	DirUnasked    Say = "directory.unasked" // nobody signed on yet
	APIAnswers    Say = "local-api.answers" // {ms}
	TrayThere     Say = "tray.there"
	TrayNone      Say = "tray.none"
	TrayPart      Say = "tray.system" // part of the operating system
	NotesThere    Say = "notifications.there"
	NotesNone     Say = "notifications.none"
	RingWorks     Say = "keyring.works"
	RingNone      Say = "keyring.none"
	RingLocked    Say = "keyring.locked"
	RingSilent    Say = "keyring.silent"
	SettingsGood  Say = "settings.good" // {environment}
	KeyNone       Say = "device-key.none"
	KeyInRing     Say = "device-key.ring"
	KeyInFile     Say = "device-key.file"
	TimesNone     Say = "times.none"
	TimesKept     Say = "times.kept" // {question}, {ticket}, {change}: each "p50 / p95"
)

// Says are all sentences.
func Says() []Say {
	return []Say{
		ServiceRuns, NotNeeded, NotReached, ReadersFound, CardIn, CardVirtual, CardOut, CertsUntil, CertsNear, CertsSoon, CertsUnread,
		CertsNoCard, ModuleFound, ModuleNone, ClockRight, ClockSlow, ClockFast, ClockUnknown, NetAnswers, NetReaches, NetByProxy,
		ProxyNone, ProxyInUse, ProxyPassword, ProxyScript, CertGood, CertSoon, ServerAnswers, DirWorks, DirUnasked,
		APIAnswers, TrayThere, TrayNone, TrayPart, NotesThere, NotesNone, RingWorks, RingNone, RingLocked,
		RingSilent, SettingsGood, KeyNone, KeyInRing, KeyInFile, TimesNone, TimesKept,
	}
}

// Advised are the sentences that a second one belongs to: what to do, and who.
func Advised() []Say {
	return []Say{CertsSoon, ClockSlow, ClockFast, ProxyPassword, ProxyScript, CertSoon, RingLocked, RingSilent, KeyInFile}
}

// Counted are the sentences with a number that their form depends on.
func Counted() []Say { return []Say{CertsNear, CertsSoon, ClockSlow, ClockFast, CertSoon} }

// actorOf is who acts on an advised sentence.
func actorOf(s Say) failure.Actor {
	switch {
	case !slices.Contains(Advised(), s):
		return 0
	case s == CertsSoon:
		return failure.RA
	case s == CertSoon:
		return failure.National
	case s == RingLocked:
		return failure.You
	default:
		return failure.LocalIT
	}
}
