package accessmanager

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"lanyard/broker/session"
	"lanyard/broker/wire/pll"
)

// What the server says of every session.
const (
	organization = "o=nhs"
	authLevel    = "3" // a smart card
	authType     = "ExtendedLoginModule"
	charSet      = "UTF-8"
	locale       = "en_GB"
)

// shown is a session as its answers show it; the id is spelt as the client did.
func shown(s *session.Session, id string, now time.Time) *pll.Session {
	return &pll.Session{
		ID: id, Client: principal(s.UID), Domain: organization, State: stateOf(s),
		MaxTime: s.MaxAfter, MaxIdle: s.IdleAfter, TimeIdle: now.Sub(s.IdleSince()), TimeLeft: s.Until().Sub(now),
		Properties: properties(s, id),
	}
}

func stateOf(s *session.Session) string {
	switch s.End {
	case session.Live:
		return pll.StateValid
	case session.LoggedOut, session.Destroyed:
		return pll.StateDestroyed
	default:
		return pll.StateInvalid
	}
}

// properties are what the server says of a session, which no client can set,
// and then what clients said.
func properties(s *session.Session, id string) []pll.Property {
	all := serverProperties(s, id)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		all = append(all, pll.Property{Name: name, Value: s.Properties[name]})
	}
	return all
}

func serverProperties(s *session.Session, id string) []pll.Property {
	host := hostOf(s.Device)
	return []pll.Property{
		{Name: "UserId", Value: string(s.UID)},
		{Name: "Principal", Value: principal(s.UID)},
		{Name: "SessionHandle", Value: "shandle:" + id},
		{Name: "Organization", Value: organization},
		{Name: "AuthLevel", Value: authLevel},
		{Name: "AuthType", Value: authType},
		{Name: "authInstant", Value: s.AuthTime.UTC().Format(time.RFC3339)},
		{Name: "Host", Value: host},
		{Name: "HostName", Value: host},
		{Name: "AMCtxId", Value: s.ID},
		{Name: "CharSet", Value: charSet},
		{Name: "Locale", Value: locale},
		{Name: "UserToken", Value: string(s.UID)},
		{Name: "amlbcookie", Value: serverID},
		{Name: "ssbSessionRoleUid", Value: string(s.Role)},
		{Name: "ssbMode", Value: strconv.Itoa(int(s.Mode))},
	}
}

// hostOf reads the address that agents write into their device id
// ("WARD7,ClientIP=192.0.2.7"), empty for none.
func hostOf(device string) string {
	for part := range strings.SplitSeq(device, ",") {
		if ip, ok := strings.CutPrefix(strings.TrimSpace(part), "ClientIP="); ok && net.ParseIP(ip) != nil {
			return ip
		}
	}
	return ""
}
