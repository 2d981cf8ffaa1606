package doctor

import (
	"slices"

	"lanyard/broker/failure"
)

// numbered are the codes of the catalogue in the order that short codes number
// them, from 1 on. A code of an older release must mean the same in a newer
// one: new codes are added at the end, and none is ever moved or taken out.
func numbered() []failure.Code {
	return []failure.Code{
		failure.ReqUnreadable, failure.ChallengeStale, failure.SigWrong, failure.SigDigest, failure.CertUntrusted,
		failure.CertDates, failure.CertRevoked, failure.CertUsage, failure.RevocationUnknown, failure.UserUnknown,
		failure.UserClosed, failure.UserNoRole, failure.SessionLimit, failure.SessionEnded, failure.RoleRefused,
		failure.Busy, failure.Internal, failure.DirectoryDown, failure.StoreDown, failure.ReaderNone,
		failure.ReaderService, failure.ReaderDenied, failure.CardMute, failure.CardBusy, failure.CardReset,
		failure.CardRemoved, failure.CardSlow, failure.CardUnsupported, failure.CardDamaged, failure.CardNoKey,
		failure.CardNoUser, failure.CardExpired, failure.CardNotYet, failure.CardMechanism, failure.CardOther,
		failure.PINWrong, failure.PINLast, failure.PINLocked, failure.PINFormat, failure.PINUnknown,
		failure.PUKWrong, failure.PUKLocked, failure.ModuleMissing, failure.ModuleHung, failure.ModuleCrashed,
		failure.VCardDamaged, failure.VCardCopied, failure.VCardDevice, failure.VCardName, failure.VCardIn,
		failure.UserAbort, failure.NetDown, failure.NetName, failure.NetTimeout, failure.NetReset,
		failure.NetProxy, failure.TLSUntrusted, failure.TLSName, failure.TLSDates, failure.TLSBroken,
		failure.ServerDown, failure.ServerAnswer, failure.ServerRedirect, failure.ServerChallenge, failure.ServerRefused,
		failure.NoSession, failure.AgentAbsent, failure.AgentDenied, failure.AgentStopping, failure.AgentBusy,
		failure.ProfileDemo, failure.ConfigInvalid, failure.AgentSilent,
	}
}

// maxNumber is the highest number there is room for.
const maxNumber = 1<<codeBits - 1

// number is the number of a code; 0 is of none, and of one that has no number.
func number(c failure.Code) int { return slices.Index(numbered(), c) + 1 }

// withNumber is the code of a number; empty for 0 and for one of a newer release.
func withNumber(n int) failure.Code {
	all := numbered()
	if n < 1 || n > len(all) {
		return ""
	}
	return all[n-1]
}
