package ldif

import (
	"slices"
	"strings"
	"time"

	"lanyard/broker"
)

// finish puts people together. What stands below a person who is left out is
// left out without a fault of its own.
func (l *loader) finish() map[broker.UID]*broker.User {
	users := make(map[broker.UID]*broker.User, len(l.people))
	for uid, p := range l.people {
		switch {
		case p.broken: // told where it is
		case p.user == nil:
			l.faults.add(faultf(p.line, "uid="+uid, "entries stand below a person who is not in the file"))
		default:
			l.finishRoles(p)
			if len(p.user.Roles) == 0 {
				p.user.Roles = nil
			}
			users[p.user.UID] = p.user
		}
	}
	slices.SortStableFunc(l.faults.First, func(a, b *Fault) int { return a.Line - b.Line })
	return users
}

func (l *loader) finishRoles(p *person) {
	seen := make(map[broker.RoleProfileID]bool, len(p.roles))
	p.user.Roles = make([]broker.RoleProfile, 0, len(p.roles))
	for i := range p.roles {
		r := &p.roles[i]
		above := p.post(r.post)
		if above != nil && above.broken {
			continue // told there
		}
		if seen[r.ID] {
			l.faults.add(faultf(r.line, r.dn, "person has a role of this id already"))
			continue
		}
		l.inherit(r, above)
		r.Close = earlier(r.Close, p.closed)
		if r.OrgCode == "" {
			l.faults.add(faultf(r.line, r.dn, "role names no organisation (nhsIDCode), and nothing above it does"))
			continue
		}
		seen[r.ID] = true
		p.user.Roles = append(p.user.Roles, r.RoleProfile)
		if p.user.PrCode == "" {
			p.user.PrCode = r.prCode
		}
	}
}

// inherit completes a role from the person's post and from the organisation.
// A post that ends ends its roles.
func (l *loader) inherit(r *role, above *post) {
	if above != nil {
		r.OrgPersonID = above.id
		r.Close = earlier(r.Close, above.close)
		if r.OrgCode == "" {
			r.OrgCode = above.orgCode
		}
		if r.OrgName == "" && (above.orgCode == "" || above.orgCode == r.OrgCode) {
			r.OrgName = above.orgName
		}
		if r.Open.IsZero() {
			r.Open = above.open
		}
		if r.prCode == "" {
			r.prCode = above.prCode
		}
	} else {
		r.OrgPersonID = r.post
	}
	if r.OrgName == "" {
		r.OrgName = l.orgName(r.OrgCode)
	}
}

// post finds the post of an id.
func (p *person) post(id string) *post {
	for i := range p.posts {
		if p.posts[i].id == id {
			return &p.posts[i]
		}
	}
	return nil
}

// earlier is the earlier of two days of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// orgName is the name of an organisation, or its code where the file has none.
func (l *loader) orgName(code string) string {
	if name := l.orgs[strings.ToUpper(code)]; name != "" {
		return name
	}
	return code
}
