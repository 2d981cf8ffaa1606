package ldapdir

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"lanyard/broker"
	"lanyard/broker/directory/sds"
)

// anything is the filter that every entry passes.
const anything = "(objectClass=*)"

func peopleDN(base string) string { return "ou=People," + base }

// personDN names a person's entry.
func personDN(uid broker.UID, base string) string {
	return "uid=" + ldap.EscapeDN(string(uid)) + "," + peopleDN(base)
}

// organisationFilter finds the organisations of some codes.
func organisationFilter(codes []string) string {
	var b strings.Builder
	b.WriteString("(|")
	for _, c := range codes {
		b.WriteString("(uniqueIdentifier=" + ldap.EscapeFilter(c) + ")")
	}
	b.WriteString(")")
	return b.String()
}

var errTooMany = fmt.Errorf("it has more than %d entries", maxEntries)

// search asks page by page, and gives each entry to take. Answers that are cut
// off are errors; what would have to be asked of other servers is told at the end.
func (c *conn) search(base string, scope int, filter string, take func(*sds.Entry)) (referrals []string, err error) {
	paging := ldap.NewControlPaging(pageSize)
	request := ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, sds.Attributes(), []ldap.Control{paging})
	for n := 0; ; {
		page, err := c.ldap.Search(request)
		if err != nil {
			return nil, err
		}
		referrals = append(referrals, page.Referrals...)
		if n += len(page.Entries); n > maxEntries {
			return nil, errTooMany
		}
		for _, e := range page.Entries {
			take(entryOf(e))
		}
		next, ok := ldap.FindControl(page.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if !ok || len(next.Cookie) == 0 {
			return referrals, nil
		}
		paging.SetCookie(next.Cookie)
	}
}

// entryOf is an entry as package sds takes it.
func entryOf(e *ldap.Entry) *sds.Entry {
	entry := &sds.Entry{DN: e.DN}
	for _, a := range e.Attributes {
		name := sds.AttributeName(a.Name)
		if name == "" {
			continue
		}
		for _, v := range a.ByteValues {
			entry.Values = append(entry.Values, sds.Value{Name: name, Octets: v})
		}
	}
	return entry
}

// answered tells whether an error came from the directory itself: then the
// connection is as good as before.
func answered(err error) bool {
	var answer *ldap.Error
	return err == nil || errors.Is(err, errTooMany) ||
		errors.As(err, &answer) && answer.ResultCode < ldap.ErrorNetwork && answer.ResultCode != ldap.LDAPResultUnavailable
}
