package pll

import (
	"strings"

	"lanyard/broker/wire/xmltext"
)

// Set is a set of requests or notifications: inner documents and what their
// answers repeat.
type Set struct {
	Version string
	Service string // svcid as it came
	ID      string // reqid or notid
	Inner   []string
}

// maxInner is how many requests a set may hold.
const maxInner = 32

// ParseRequests reads a RequestSet of one request or more.
func ParseRequests(b []byte) (*Set, error) { return parseSet(b, "RequestSet", "Request", "reqid") }

// ParseNotifications reads a NotificationSet of one notification or more.
func ParseNotifications(b []byte) (*Set, error) {
	return parseSet(b, "NotificationSet", "Notification", "notid")
}

func parseSet(b []byte, name, inner, id string) (*Set, error) {
	root, err := parse(b)
	if err != nil {
		return nil, err
	}
	if root.Name != name {
		return nil, unreadable("it is not a " + name)
	}
	s := &Set{Version: root.Attr("vers"), Service: root.Attr("svcid"), ID: root.Attr(id)}
	for _, k := range root.Kids {
		if k.Name != inner || len(k.Kids) != 0 {
			return nil, unreadable("an element that does not belong in a " + name)
		}
		s.Inner = append(s.Inner, k.Text)
	}
	if len(s.Inner) == 0 || len(s.Inner) > maxInner {
		return nil, unreadable("a " + name + " of none or too many")
	}
	return s, nil
}

// Is tells whether the set is for a service of one of these names, in any case.
func (s *Set) Is(services ...string) bool {
	for _, name := range services {
		if strings.EqualFold(s.Service, name) {
			return true
		}
	}
	return false
}

// AppendResponses answers a set: one Response for each request, in order.
func (s *Set) AppendResponses(dst []byte, answers [][]byte) []byte {
	dst = s.start(dst, "ResponseSet", "reqid")
	for _, a := range answers {
		dst = section(dst, "Response", a)
	}
	return append(dst, "</ResponseSet>"...)
}

// AppendNotification writes a NotificationSet of one notification.
func (s *Set) AppendNotification(dst, inner []byte) []byte {
	dst = s.start(dst, "NotificationSet", "notid")
	dst = section(dst, "Notification", inner)
	return append(dst, "</NotificationSet>"...)
}

func (s *Set) start(dst []byte, name, id string) []byte {
	dst = append(dst, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`+"\n<"...)
	dst = append(dst, name...)
	dst = attribute(dst, "vers", s.Version)
	dst = attribute(dst, "svcid", s.Service)
	dst = attribute(dst, id, s.ID)
	return append(dst, ">\n"...)
}

// section writes an inner document: the CDATA section follows the tag at once.
// No inner document holds "]]>", because ">" is always escaped in its values.
func section(dst []byte, name string, inner []byte) []byte {
	dst = append(append(dst, '<'), name...)
	dst = append(dst, "><![CDATA["...)
	dst = append(dst, inner...)
	dst = append(dst, "]]></"...)
	return append(append(dst, name...), ">\n"...)
}

// attribute writes a blank and an attribute.
func attribute(dst []byte, name, value string) []byte {
	dst = append(append(dst, ' '), name...)
	dst = xmltext.AppendAttr(append(dst, `="`...), value)
	return append(dst, '"')
}
