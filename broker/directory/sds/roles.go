package sds

import (
	"slices"
	"time"
	"unicode/utf8"

	"lanyard/broker"
)

func (t *Tree) takePost(e *Entry, at place, p *person) *Fault {
	x := post{
		id:      at.below[0].value,
		orgCode: t.share(e.first(attrOrgCode)),
		orgName: t.share(e.first(attrOrgName)),
		prCode:  e.first(attrPrCode),
	}
	for i := range p.posts {
		if p.posts[i].id == x.id {
			p.posts[i].broken = true
			return Faultf(e.Line, e.DN, "organisation of the person is there twice: no role below it is served")
		}
	}
	fault := checkTexts(e)
	if fault == nil {
		x.open, fault = t.date(e, attrOpen, attrOldOpen)
	}
	if fault == nil {
		x.close, fault = t.date(e, attrClose, attrOldClose)
	}
	x.broken = fault != nil
	p.posts = append(p.posts, x)
	return fault
}

func (t *Tree) takeRole(e *Entry, at place, p *person) *Fault {
	r := role{line: e.Line, dn: e.DN, prCode: e.first(attrPrCode)}
	r.ID = broker.RoleProfileID(at.below[0].value)
	r.OrgCode = t.share(e.first(attrOrgCode))
	r.OrgName = t.share(e.first(attrOrgName))
	r.JobRole = t.share(e.first(attrJobRole))
	r.JobRoleCode = t.share(e.first(attrJobRoleCode))
	r.Training = e.first(attrTraining) == "TRUE"
	if len(at.below) > 1 {
		r.post = at.below[1].value
	}
	if r.JobRole == "" || r.JobRoleCode == "" {
		return Faultf(e.Line, e.DN, "role has not both nhsJobRole and nhsJobRoleCode")
	}
	if fault := checkTexts(e); fault != nil {
		return fault
	}
	r.Areas = t.pairs(e, attrArea)
	r.Functions = t.pairs(e, attrFunction)
	r.WorkGroups = t.pairs(e, attrGroup)
	var fault *Fault
	if r.Open, fault = t.date(e, attrOpen, attrOldOpen); fault != nil {
		return fault
	}
	if r.Close, fault = t.date(e, attrClose, attrOldClose); fault != nil {
		return fault
	}
	p.roles = append(p.roles, r)
	return nil
}

// pairs joins names and codes where there are as many of the one as of the
// other; else each stands alone.
func (t *Tree) pairs(e *Entry, name string) []broker.Coded {
	names, codes := e.all(name), e.all(name+codesSuffix)
	var list []broker.Coded
	if len(names) == len(codes) {
		for i := range names {
			list = append(list, broker.Coded{Name: t.share(names[i]), Code: t.share(codes[i])})
		}
		return list
	}
	for _, n := range names {
		list = append(list, broker.Coded{Name: t.share(n)})
	}
	for _, c := range codes {
		list = append(list, broker.Coded{Code: t.share(c)})
	}
	return list
}

// date reads a day as it begins in UK local time. The older spelling counts
// where the newer one is blank or absent; zero where both are.
func (t *Tree) date(e *Entry, name, older string) (time.Time, *Fault) {
	for _, n := range []string{name, older} {
		s := e.first(n)
		if s == "" {
			continue
		}
		day, err := time.ParseInLocation("20060102", s, t.zone)
		if err != nil {
			return time.Time{}, Faultf(e.lineOf(n), e.DN, "date %q is not of the form YYYYMMDD", Shown(s))
		}
		return day, nil
	}
	return time.Time{}, nil
}

// checkTexts refuses values that cannot stand in an XML document: they would
// break every answer about this person. Attributes that are not read may hold
// what they like.
func checkTexts(e *Entry) *Fault {
	for _, v := range e.Values {
		if isRead(v.Name) && !isText(v.Octets) {
			return Faultf(v.Line, e.DN, "%s is not text in UTF-8, or holds a control character", v.Name)
		}
	}
	return nil
}

func isRead(name string) bool {
	switch name {
	case attrSurname, attrGiven, attrMiddle, attrTitle, attrMail, attrPrCode,
		attrOrgName, attrOrgCode, attrJobRole, attrJobRoleCode,
		attrArea, attrFunction, attrGroup, attrArea + codesSuffix, attrFunction + codesSuffix, attrGroup + codesSuffix:
		return true
	}
	return slices.Contains(registrations(), name)
}

func isText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		if c < ' ' || c == 0x7f || c == 0xfffe || c == 0xffff {
			return false
		}
	}
	return true
}
