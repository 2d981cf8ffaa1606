package ldif

import (
	"slices"
	"time"
	"unicode/utf8"

	"lanyard/broker"
)

func (l *loader) takePost(e *entry, at place, p *person) *Fault {
	x := post{
		id:      at.below[0].value,
		orgCode: l.share(e.first(attrOrgCode)),
		orgName: l.share(e.first(attrOrgName)),
		prCode:  e.first(attrPrCode),
	}
	for i := range p.posts {
		if p.posts[i].id == x.id {
			p.posts[i].broken = true
			return faultf(e.line, e.dn, "organisation of the person is in the file twice: no role below it is served")
		}
	}
	fault := checkTexts(e)
	if fault == nil {
		x.open, fault = l.date(e, attrOpen, attrOldOpen)
	}
	if fault == nil {
		x.close, fault = l.date(e, attrClose, attrOldClose)
	}
	x.broken = fault != nil
	p.posts = append(p.posts, x)
	return fault
}

func (l *loader) takeRole(e *entry, at place, p *person) *Fault {
	r := role{line: e.line, dn: e.dn, prCode: e.first(attrPrCode)}
	r.ID = broker.RoleProfileID(at.below[0].value)
	r.OrgCode = l.share(e.first(attrOrgCode))
	r.OrgName = l.share(e.first(attrOrgName))
	r.JobRole = l.share(e.first(attrJobRole))
	r.JobRoleCode = l.share(e.first(attrJobRoleCode))
	r.Training = e.first(attrTraining) == "TRUE"
	if len(at.below) > 1 {
		r.post = at.below[1].value
	}
	if r.JobRole == "" || r.JobRoleCode == "" {
		return faultf(e.line, e.dn, "role has not both nhsJobRole and nhsJobRoleCode")
	}
	if fault := checkTexts(e); fault != nil {
		return fault
	}
	r.Areas = l.pairs(e, attrArea)
	r.Functions = l.pairs(e, attrFunction)
	r.WorkGroups = l.pairs(e, attrGroup)
	var fault *Fault
	if r.Open, fault = l.date(e, attrOpen, attrOldOpen); fault != nil {
		return fault
	}
	if r.Close, fault = l.date(e, attrClose, attrOldClose); fault != nil {
		return fault
	}
	p.roles = append(p.roles, r)
	return nil
}

// pairs joins names and codes where there are as many of the one as of the
// other; else each stands alone.
func (l *loader) pairs(e *entry, name string) []broker.Coded {
	names, codes := e.all(name), e.all(name+codesSuffix)
	var list []broker.Coded
	if len(names) == len(codes) {
		for i := range names {
			list = append(list, broker.Coded{Name: l.share(names[i]), Code: l.share(codes[i])})
		}
		return list
	}
	for _, n := range names {
		list = append(list, broker.Coded{Name: l.share(n)})
	}
	for _, c := range codes {
		list = append(list, broker.Coded{Code: l.share(c)})
	}
	return list
}

// date reads a day as it begins in UK local time. The older spelling counts
// where the newer one is blank or absent; zero where both are.
func (l *loader) date(e *entry, name, older string) (time.Time, *Fault) {
	for _, n := range []string{name, older} {
		s := e.first(n)
		if s == "" {
			continue
		}
		day, err := time.ParseInLocation("20060102", s, l.zone)
		if err != nil {
			return time.Time{}, faultf(e.lineOf(n), e.dn, "date %q is not of the form YYYYMMDD", shown(s))
		}
		return day, nil
	}
	return time.Time{}, nil
}

// checkTexts refuses values that cannot stand in an XML document: they would
// break every answer about this person. Attributes that are not read may hold
// what they like.
func checkTexts(e *entry) *Fault {
	for _, v := range e.values {
		if isRead(v.name) && !isText(v.octet) {
			return faultf(v.line, e.dn, "%s is not text in UTF-8, or holds a control character", v.name)
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
