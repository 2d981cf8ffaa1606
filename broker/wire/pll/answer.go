package pll

import (
	"strconv"
	"time"

	"lanyard/broker/wire/xmltext"
)

// The states of a session.
const (
	StateValid     = "valid"
	StateInvalid   = "invalid"
	StateDestroyed = "destroyed"
)

// Session is a session as its answers show it. Times are whole minutes and
// seconds on the wire.
type Session struct {
	ID       string // exactly as the client sent it
	Client   string // who: the distinguished name
	Domain   string
	MaxTime  time.Duration
	MaxIdle  time.Duration
	TimeIdle time.Duration
	TimeLeft time.Duration
	State    string

	Properties []Property
}

// maxCaching is how long a client may keep an answer, in minutes.
const maxCaching = 3

// Append writes the Session element.
func (s *Session) Append(dst []byte) []byte {
	dst = append(dst, "<Session"...)
	dst = attribute(dst, "sid", s.ID)
	dst = attribute(dst, "stype", "user")
	dst = attribute(dst, "cid", s.Client)
	dst = attribute(dst, "cdomain", s.Domain)
	dst = number(dst, "maxtime", int64(s.MaxTime/time.Minute))
	dst = number(dst, "maxidle", int64(s.MaxIdle/time.Minute))
	dst = number(dst, "maxcaching", maxCaching)
	dst = number(dst, "timeidle", int64(max(s.TimeIdle, 0)/time.Second))
	dst = number(dst, "timeleft", int64(max(s.TimeLeft, 0)/time.Second))
	dst = attribute(dst, "state", s.State)
	dst = append(dst, '>')
	for _, p := range s.Properties {
		dst = appendPair(dst, "Property", p)
	}
	return append(dst, "</Session>"...)
}

func number(dst []byte, name string, n int64) []byte {
	dst = append(append(dst, ' '), name...)
	dst = strconv.AppendInt(append(dst, `="`...), n, 10)
	return append(dst, '"')
}

// appendPair writes an element of a name and a value, as clients search it.
func appendPair(dst []byte, element string, p Property) []byte {
	dst = append(append(dst, '<'), element...)
	dst = attribute(dst, "name", p.Name)
	dst = attribute(dst, "value", p.Value)
	dst = append(dst, "></"...)
	return append(append(dst, element...), '>')
}

// AppendOK says that a request was done.
func (r *SessionRequest) AppendOK(dst []byte) []byte { return r.appendAnswer(dst, []byte("<OK></OK>")) }

// AppendSession answers GetSession.
func (r *SessionRequest) AppendSession(dst []byte, s *Session) []byte {
	return r.appendAnswer(dst, s.Append(nil))
}

// AppendException says no. The library of clients takes the text as it stands
// behind the tag.
func (r *SessionRequest) AppendException(dst []byte, text string) []byte {
	inner := xmltext.AppendText([]byte("<Exception>"), text)
	return r.appendAnswer(dst, append(inner, "</Exception>"...))
}

// appendAnswer writes what stands in the element of the request's method.
func (r *SessionRequest) appendAnswer(dst, inner []byte) []byte {
	dst = append(dst, `<SessionResponse vers="1.0"`...)
	dst = attribute(dst, "reqid", r.ID)
	dst = append(append(append(dst, "><"...), r.Method...), '>')
	dst = append(dst, inner...)
	dst = append(append(dst, "</"...), r.Method...)
	return append(dst, "></SessionResponse>"...)
}

// AppendProfile answers GetNamingProfile.
func (r *NamingRequest) AppendProfile(dst []byte, profile []Property) []byte {
	dst = r.start(dst)
	for _, p := range profile {
		dst = appendPair(dst, "Attribute", p)
	}
	return r.end(dst)
}

// AppendException says no.
func (r *NamingRequest) AppendException(dst []byte, text string) []byte {
	dst = xmltext.AppendText(append(r.start(dst), "<Exception>"...), text)
	return r.end(append(dst, "</Exception>"...))
}

func (r *NamingRequest) start(dst []byte) []byte {
	dst = append(dst, `<NamingResponse vers="1.0"`...)
	dst = attribute(dst, "reqid", r.ID)
	return append(append(append(dst, "><"...), r.Method...), '>')
}

func (r *NamingRequest) end(dst []byte) []byte {
	dst = append(append(dst, "</"...), r.Method...)
	return append(dst, "></NamingResponse>"...)
}

// EventType is what a listener is told of.
type EventType int

// The types that are sent.
const (
	IdleTimeout     EventType = 1
	MaxTimeout      EventType = 2
	LoggedOut       EventType = 3
	Destroyed       EventType = 5
	PropertyChanged EventType = 6
)

// AppendEvent writes a SessionNotification.
func AppendEvent(dst []byte, id string, s *Session, kind EventType, at time.Time) []byte {
	dst = append(dst, `<SessionNotification vers="1.0"`...)
	dst = append(attribute(dst, "notid", id), '>')
	dst = s.Append(dst)
	dst = strconv.AppendInt(append(dst, "<Type>"...), int64(kind), 10)
	dst = strconv.AppendInt(append(dst, "</Type><Time>"...), at.UnixMilli(), 10)
	return append(dst, "</Time></SessionNotification>"...)
}
