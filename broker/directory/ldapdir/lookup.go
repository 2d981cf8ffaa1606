package ldapdir

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"lanyard/broker"
	"lanyard/broker/directory"
	"lanyard/broker/directory/sds"
)

const (
	baseOnly = ldap.ScopeBaseObject
	subtree  = ldap.ScopeWholeSubtree
	oneLevel = ldap.ScopeSingleLevel

	maxLogged = 20 // entries at fault of one person that are told one by one
	maxAsked  = 50 // organisations in one filter
)

// fly looks a person up and ends the flight.
func (d *Directory) fly(f *flight, uid broker.UID, asked time.Time) {
	user, err := d.lookUp(uid)
	d.mu.Lock()
	defer d.mu.Unlock()
	defer close(f.done)
	delete(d.flights, uid)
	switch {
	case err == nil:
		if kept, ok := d.people.get(uid); ok && reflect.DeepEqual(kept.value.user, user) {
			user = kept.value.user // what others remember of it stays right
		}
		f.user = user
		d.people.put(uid, &answer{user: user}, asked)
	case errors.Is(err, directory.ErrUnknown):
		f.err = err
		d.people.put(uid, &answer{}, asked)
	default:
		f.user, f.err = d.stale(uid, asked, err)
	}
}

// stale returns what was known of a person while the directory does not answer,
// or the error. The caller holds mu.
func (d *Directory) stale(uid broker.UID, now time.Time, err error) (*broker.User, error) {
	kept, ok := d.people.get(uid)
	if !ok || kept.value.user == nil || now.Sub(kept.asked) >= d.config.Stale || errors.Is(err, errClosed) {
		return nil, err
	}
	d.counts.Stale++
	if !kept.value.told {
		kept.value.told = true
		d.config.Log.Warn("directory: an old answer is used", "uid", uid, "age", now.Sub(kept.asked).Round(time.Second), "error", err)
	}
	return kept.value.user, nil
}

// lookUp asks the directory. Its errors are [directory.ErrUnknown] and
// [directory.ErrDown].
func (d *Directory) lookUp(uid broker.UID) (*broker.User, error) {
	ctx, stop := d.until(d.ctx)
	defer stop()
	var tree *sds.Tree
	err := d.pool.do(ctx, func(c *conn) error {
		tree = sds.NewTree(d.zone)
		referrals, err := c.search(personDN(uid, d.config.Base), subtree, anything, tree.Take)
		if err != nil {
			return err
		}
		for _, r := range referrals {
			d.config.Log.Warn("directory: what another server has is not read", "uid", uid, "referral", sds.Shown(r))
		}
		return d.nameAll(c, tree)
	})
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject):
		return nil, directory.ErrUnknown
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
		return nil, fmt.Errorf("%w: it cut its answer off: %s may not read enough entries: %w", directory.ErrDown, d.config.BindDN, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", directory.ErrDown, err)
	}
	user := tree.People()[uid]
	d.tell(&tree.Faults)
	if user == nil {
		return nil, directory.ErrUnknown
	}
	return user, nil
}

// tell logs the entries that are not served.
func (d *Directory) tell(faults *sds.Faults) {
	for i, f := range faults.First {
		if i == maxLogged {
			d.config.Log.Warn("directory: further entries are not served", "dn", f.DN, "count", faults.Count-maxLogged)
			return
		}
		d.config.Log.Warn("directory: entry is not served", "dn", f.DN, "reason", f.Reason)
	}
}

// nameAll names the organisations that roles have codes of only.
func (d *Directory) nameAll(c *conn, tree *sds.Tree) error {
	ask := d.nameKnown(tree)
	for len(ask) > 0 {
		some := ask[:min(len(ask), maxAsked)]
		ask = ask[len(some):]
		found := map[string]string{}
		asked := time.Now()
		_, err := c.search("ou=Organisations,"+d.config.Base, oneLevel, organisationFilter(some), func(e *sds.Entry) {
			code, name, fault := sds.Organisation(e)
			if fault != nil {
				d.tell(&sds.Faults{First: []*sds.Fault{fault}, Count: 1})
				return
			}
			found[strings.ToUpper(code)] = name
		})
		if err != nil && !ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
			return err
		}
		d.mu.Lock()
		for _, code := range some {
			name := found[strings.ToUpper(code)]
			d.names.put(strings.ToUpper(code), name, asked)
			tree.NameOrganisation(code, name)
		}
		d.mu.Unlock()
	}
	return nil
}

// nameKnown names organisations that were asked for before, and returns the
// codes of the others.
func (d *Directory) nameKnown(tree *sds.Tree) (unknown []string) {
	codes := tree.Unnamed()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, code := range codes {
		kept, ok := d.names.get(strings.ToUpper(code))
		if !ok || time.Since(kept.asked) >= namesFresh {
			unknown = append(unknown, code)
			continue
		}
		tree.NameOrganisation(code, kept.value)
	}
	return unknown
}
