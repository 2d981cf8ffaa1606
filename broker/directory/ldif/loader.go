package ldif

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"lanyard/broker"
)

// loader makes people of entries, which may come in any order.
type loader struct {
	zone   *time.Location
	people map[string]*person
	orgs   map[string]string // name by code in upper case
	texts  map[string]string // one copy of each text that many roles share
	faults Faults
}

// person is a person while the file is being read.
type person struct {
	user   *broker.User // nil until its entry was read
	line   int          // of the first entry that names it
	broken bool         // its own entry is at fault: nothing of it is served
	closed time.Time    // close date of the person's own entry
	posts  []post
	roles  []role
}

// post is a person at an organisation (nhsOrgPerson).
type post struct {
	id, orgCode, orgName, prCode string
	open, close                  time.Time
	broken                       bool
}

// role is a role while the file is being read.
type role struct {
	broker.RoleProfile
	line   int
	dn     string
	post   string // id of the post above it; empty where it stands right below the person
	prCode string
}

func newLoader(zone *time.Location) *loader {
	return &loader{zone: zone, people: map[string]*person{}, orgs: map[string]string{}, texts: map[string]string{}}
}

// load reads a whole file. An error means that it could not be read to its end.
func (l *loader) load(in io.Reader) (map[broker.UID]*broker.User, error) {
	limited := &io.LimitedReader{R: in, N: maxFile + 1}
	r := newReader(limited)
	for {
		e, err := r.next()
		var fault *Fault
		switch {
		case errors.Is(err, io.EOF):
			if limited.N <= 0 {
				return nil, fmt.Errorf("file is larger than %d octets", maxFile)
			}
			return l.finish(), nil
		case errors.As(err, &fault):
			l.faults.add(fault)
			l.breakPerson(fault.dn)
		case err != nil:
			return nil, err
		default:
			if fault := l.take(e); fault != nil {
				l.faults.add(fault)
			}
		}
	}
}

// breakPerson marks the person of an entry that could not be read at all. It
// is the person's own entry or one below; of the latter only that is lost.
func (l *loader) breakPerson(dn string) {
	at, err := placeOf(dn)
	if err != nil || at.uid == "" {
		return
	}
	p := l.person(at.uid, 0)
	switch len(at.below) {
	case 0:
		p.broken = true
	case 1:
		// A post that cannot be read might be a closed one.
		p.posts = append(p.posts, post{id: at.below[0].value, broken: true})
	}
}

// take enters one entry.
func (l *loader) take(e *entry) *Fault {
	at, err := placeOf(e.dn)
	switch {
	case err != nil:
		return faultf(e.line, e.dn, "%s", err)
	case at.org != "":
		return l.takeOrg(e, at.org)
	case at.uid == "":
		return nil // containers, services
	}
	p := l.person(at.uid, e.line)
	switch {
	case len(at.below) == 0:
		fault := l.takePerson(e, at.uid, p)
		p.broken = p.broken || fault != nil
		return fault
	case e.first(attrJobRole) != "" || e.first(attrJobRoleCode) != "" || isRole(e):
		return l.takeRole(e, at, p)
	case len(at.below) == 1:
		return l.takePost(e, at, p)
	default:
		return faultf(e.line, e.dn, "entry below a person's organisation is no role: it has neither nhsJobRole nor nhsJobRoleCode")
	}
}

func isRole(e *entry) bool {
	for _, c := range e.all(attrClass) {
		if strings.EqualFold(c, classRole) {
			return true
		}
	}
	return false
}

func (l *loader) person(uid string, line int) *person {
	p := l.people[uid]
	if p == nil {
		p = &person{line: line}
		l.people[uid] = p
	}
	return p
}

// share returns one copy of a text.
func (l *loader) share(s string) string {
	if kept, ok := l.texts[s]; ok {
		return kept
	}
	l.texts[s] = s
	return s
}

func (l *loader) takeOrg(e *entry, code string) *Fault {
	key := strings.ToUpper(code)
	name := e.first(attrOrgName)
	switch {
	case name == "":
		return faultf(e.line, e.dn, "organisation has no name (o)")
	case l.orgs[key] != "":
		return faultf(e.line, e.dn, "organisation is in the file twice")
	}
	if fault := checkTexts(e); fault != nil {
		return fault
	}
	l.orgs[key] = l.share(name)
	return nil
}

func (l *loader) takePerson(e *entry, uid string, p *person) *Fault {
	id, err := broker.ParseUID(uid)
	switch {
	case err != nil:
		return faultf(e.line, e.dn, "%s", err)
	case p.user != nil:
		return faultf(e.line, e.dn, "person is in the file twice: nothing of them is served until one entry is left")
	case e.first(attrUID) != "" && e.first(attrUID) != uid:
		return faultf(e.lineOf(attrUID), e.dn, "uid is not the one in the name of the entry")
	}
	u := &broker.User{
		UID:         id,
		Surname:     e.first(attrSurname),
		GivenName:   e.first(attrGiven),
		MiddleNames: e.first(attrMiddle),
		Title:       l.share(e.first(attrTitle)),
		Mail:        e.first(attrMail),
		Active:      e.first(attrStatus) == "1",
		PrCode:      e.first(attrPrCode),
	}
	if u.Surname == "" {
		return faultf(e.line, e.dn, "person has no surname (sn)")
	}
	if fault := checkTexts(e); fault != nil {
		return fault
	}
	for i, name := range registrations() {
		for _, n := range e.all(name) {
			u.Registrations = append(u.Registrations, broker.Registration{Body: bodies()[i], Number: n})
		}
	}
	var fault *Fault
	if p.closed, fault = l.date(e, attrClose, attrOldClose); fault != nil {
		return fault
	}
	p.user = u
	return nil
}
