package sds

import (
	"fmt"
	"strings"
	"time"

	"lanyard/broker"
)

// Tree makes people of entries, which may come in any order. It belongs to one
// goroutine.
type Tree struct {
	// Faults are the entries that were not taken.
	Faults Faults

	zone   *time.Location
	people map[string]*person
	orgs   map[string]string // name by code in upper case
	texts  map[string]string // one copy of each text that many roles share
}

// NewTree makes an empty tree. Days begin in the zone given: see [Zone].
func NewTree(zone *time.Location) *Tree {
	return &Tree{zone: zone, people: map[string]*person{}, orgs: map[string]string{}, texts: map[string]string{}}
}

// Zone is where the days of the directory begin.
func Zone() (*time.Location, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("time zone of the directory's dates: %w", err)
	}
	return zone, nil
}

// person is a person while entries come in.
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

// role is a role while entries come in.
type role struct {
	broker.RoleProfile
	line   int
	dn     string
	post   string // id of the post above it; empty where it stands right below the person
	prCode string
}

// Break enters an entry that could not be read at all, as its fault tells. It
// may be a person's own entry or one below; of the latter only that is lost.
func (t *Tree) Break(fault *Fault) {
	t.Faults.add(fault)
	at, err := placeOf(fault.dn)
	if err != nil || at.uid == "" {
		return
	}
	p := t.person(at.uid, 0)
	switch len(at.below) {
	case 0:
		p.broken = true
	case 1:
		// A post that cannot be read might be a closed one.
		p.posts = append(p.posts, post{id: at.below[0].value, broken: true})
	}
}

// Take enters one entry. What it keeps of it is copied.
func (t *Tree) Take(e *Entry) {
	if fault := t.take(e); fault != nil {
		t.Faults.add(fault)
	}
}

func (t *Tree) take(e *Entry) *Fault {
	at, err := placeOf(e.DN)
	switch {
	case err != nil:
		return Faultf(e.Line, e.DN, "%s", err)
	case at.org != "":
		return t.takeOrg(e)
	case at.uid == "":
		return nil // containers, services
	}
	p := t.person(at.uid, e.Line)
	switch {
	case len(at.below) == 0:
		fault := t.takePerson(e, at.uid, p)
		p.broken = p.broken || fault != nil
		return fault
	case e.first(attrJobRole) != "" || e.first(attrJobRoleCode) != "" || isRole(e):
		return t.takeRole(e, at, p)
	case len(at.below) == 1:
		return t.takePost(e, at, p)
	default:
		return Faultf(e.Line, e.DN, "entry below a person's organisation is no role: it has neither nhsJobRole nor nhsJobRoleCode")
	}
}

func isRole(e *Entry) bool {
	for _, c := range e.all(attrClass) {
		if strings.EqualFold(c, classRole) {
			return true
		}
	}
	return false
}

func (t *Tree) person(uid string, line int) *person {
	p := t.people[uid]
	if p == nil {
		p = &person{line: line}
		t.people[uid] = p
	}
	return p
}

// share returns one copy of a text.
func (t *Tree) share(s string) string {
	if kept, ok := t.texts[s]; ok {
		return kept
	}
	t.texts[s] = s
	return s
}

// Organisation reads the code and the name of an organisation's entry. Both are
// empty where it is no organisation.
func Organisation(e *Entry) (code, name string, fault *Fault) {
	at, err := placeOf(e.DN)
	switch {
	case err != nil:
		return "", "", Faultf(e.Line, e.DN, "%s", err)
	case at.org == "":
		return "", "", nil
	case e.first(attrOrgName) == "":
		return "", "", Faultf(e.Line, e.DN, "organisation has no name (o)")
	}
	return at.org, e.first(attrOrgName), checkTexts(e)
}

func (t *Tree) takeOrg(e *Entry) *Fault {
	code, name, fault := Organisation(e)
	switch {
	case fault != nil:
		return fault
	case t.orgs[strings.ToUpper(code)] != "":
		return Faultf(e.Line, e.DN, "organisation is there twice")
	}
	t.NameOrganisation(code, name)
	return nil
}

// NameOrganisation tells the name of an organisation whose entry is known
// already.
func (t *Tree) NameOrganisation(code, name string) { t.orgs[strings.ToUpper(code)] = t.share(name) }

func (t *Tree) takePerson(e *Entry, uid string, p *person) *Fault {
	id, err := broker.ParseUID(uid)
	switch {
	case err != nil:
		return Faultf(e.Line, e.DN, "%s", err)
	case p.user != nil:
		return Faultf(e.Line, e.DN, "person is there twice: nothing of them is served until one entry is left")
	case e.first(attrUID) != "" && e.first(attrUID) != uid:
		return Faultf(e.lineOf(attrUID), e.DN, "uid is not the one in the name of the entry")
	}
	u := &broker.User{
		UID:         id,
		Surname:     e.first(attrSurname),
		GivenName:   e.first(attrGiven),
		MiddleNames: e.first(attrMiddle),
		Title:       t.share(e.first(attrTitle)),
		Mail:        e.first(attrMail),
		Active:      e.first(attrStatus) == "1",
		PrCode:      e.first(attrPrCode),
	}
	if u.Surname == "" {
		return Faultf(e.Line, e.DN, "person has no surname (sn)")
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
	if p.closed, fault = t.date(e, attrClose, attrOldClose); fault != nil {
		return fault
	}
	p.user = u
	return nil
}
