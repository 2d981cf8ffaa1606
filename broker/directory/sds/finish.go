package sds

import (
	"slices"
	"strings"
	"time"

	"lanyard/broker"
)

// People puts people together. What stands below a person who is left out is
// left out without a fault of its own.
func (t *Tree) People() map[broker.UID]*broker.User {
	users := make(map[broker.UID]*broker.User, len(t.people))
	for uid, p := range t.people {
		switch {
		case p.broken: // told where it is
		case p.user == nil:
			t.Faults.add(Faultf(p.line, "uid="+uid, "entries stand below a person who is not there"))
		default:
			t.finishRoles(p)
			if len(p.user.Roles) == 0 {
				p.user.Roles = nil
			}
			users[p.user.UID] = p.user
		}
	}
	slices.SortStableFunc(t.Faults.First, func(a, b *Fault) int { return a.Line - b.Line })
	return users
}

func (t *Tree) finishRoles(p *person) {
	seen := make(map[broker.RoleProfileID]bool, len(p.roles))
	p.user.Roles = make([]broker.RoleProfile, 0, len(p.roles))
	for i := range p.roles {
		r := &p.roles[i]
		above := p.post(r.post)
		if above != nil && above.broken {
			continue // told there
		}
		if seen[r.ID] {
			t.Faults.add(Faultf(r.line, r.dn, "person has a role of this id already"))
			continue
		}
		r.inherit(above)
		r.Close = earlier(r.Close, p.closed)
		if r.OrgCode == "" {
			t.Faults.add(Faultf(r.line, r.dn, "role names no organisation (nhsIDCode), and nothing above it does"))
			continue
		}
		if r.OrgName == "" {
			r.OrgName = t.orgName(r.OrgCode)
		}
		seen[r.ID] = true
		p.user.Roles = append(p.user.Roles, r.RoleProfile)
		if p.user.PrCode == "" {
			p.user.PrCode = r.prCode
		}
	}
}

// inherit completes a role from the person's post, which may be missing. A post
// that ends ends its roles.
func (r *role) inherit(above *post) {
	if above == nil {
		r.OrgPersonID = r.post
		return
	}
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
}

// Unnamed lists the codes of organisations whose names roles lack, each once:
// their entries may still be taken before People.
func (t *Tree) Unnamed() []string {
	var codes []string
	for _, p := range t.people {
		for _, r := range p.roles { // copies
			r.inherit(p.post(r.post))
			if r.OrgName == "" && r.OrgCode != "" && t.orgs[strings.ToUpper(r.OrgCode)] == "" && !slices.Contains(codes, r.OrgCode) {
				codes = append(codes, r.OrgCode)
			}
		}
	}
	return codes
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

// orgName is the name of an organisation, or its code where the directory has none.
func (t *Tree) orgName(code string) string {
	if name := t.orgs[strings.ToUpper(code)]; name != "" {
		return name
	}
	return code
}
