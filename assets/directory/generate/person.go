package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lanyard/broker"
)

// Numbers of people, and of their posts and roles, eight apart.
const (
	firstPerson = 900000000017
	firstOther  = 900000001007
	step        = 8
)

// numbers hands out numbers in order.
type numbers struct{ person, other int64 }

func (n *numbers) nextPerson() broker.UID {
	n.person += step
	return broker.UID(strconv.FormatInt(n.person-step, 10))
}

func (n *numbers) nextOther() string {
	n.other += step
	return strconv.FormatInt(n.other-step, 10)
}

// user makes a person of a row.
func (l *lists) user(row []string, n *numbers) (*broker.User, error) {
	u := &broker.User{
		UID:   n.nextPerson(),
		Title: row[0], GivenName: row[1], MiddleNames: row[2], Surname: row[3],
		Active: row[4] == "1",
		Mail:   fmt.Sprintf("u%d@moorvale.example", n.person-step),
	}
	for reg := range strings.SplitSeq(row[5], ";") {
		if body, number, ok := strings.Cut(reg, ":"); ok {
			u.Registrations = append(u.Registrations, broker.Registration{Body: body, Number: number})
			if body == "GMP" {
				u.PrCode = number
			}
		}
	}
	posts := map[string]string{} // id by organisation
	for spec := range strings.FieldsSeq(row[6]) {
		roles, err := l.rolesOf(spec)
		if err != nil {
			return nil, err
		}
		for _, r := range roles {
			if posts[r.OrgCode] == "" {
				posts[r.OrgCode] = n.nextOther()
			}
			r.OrgPersonID, r.ID = posts[r.OrgCode], broker.RoleProfileID(n.nextOther())
			u.Roles = append(u.Roles, r)
		}
	}
	return u, nil
}

var roleSpec = regexp.MustCompile(`^(\w+):(R\d{4})(?:@([^+*!-]+))?(?:\+([^*!-]+))?(?:-(\d{8}))?(?:\*(\d+))?(!)?$`)

// rolesOf makes the roles of one word of the list; see README.md.
func (l *lists) rolesOf(spec string) ([]broker.RoleProfile, error) {
	m := roleSpec.FindStringSubmatch(spec)
	if m == nil {
		return nil, fmt.Errorf("role %q cannot be read", spec)
	}
	r, ok := l.roles[m[2]]
	if !ok {
		return nil, fmt.Errorf("role %s is not in jobroles.csv", m[2])
	}
	for _, o := range l.orgs {
		if o.Code == m[1] {
			r.OrgCode, r.OrgName = o.Code, o.Name
		}
	}
	if r.OrgCode == "" {
		return nil, fmt.Errorf("organisation %s is not in organisations.csv", m[1])
	}
	if m[3] != "" {
		r.Areas = []broker.Coded{{Name: words(m[3])}}
	}
	if m[4] != "" {
		r.WorkGroups = []broker.Coded{{Name: words(m[4])}}
	}
	if m[5] != "" {
		day, err := time.Parse("20060102", m[5])
		if err != nil {
			return nil, err
		}
		r.Close = day
	}
	r.Training = m[7] != ""
	if m[6] == "" {
		return []broker.RoleProfile{r}, nil
	}
	count, err := strconv.Atoi(m[6])
	if err != nil {
		return nil, err
	}
	var many []broker.RoleProfile
	for i := range count {
		one := r
		one.WorkGroups = []broker.Coded{{Name: fmt.Sprintf("Ward %d", i+1)}}
		many = append(many, one)
	}
	return many, nil
}

func words(s string) string { return strings.ReplaceAll(s, "_", " ") }
