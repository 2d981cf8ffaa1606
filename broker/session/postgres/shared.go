package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"lanyard/broker/session"
)

var _ session.Shared = (*Store)(nil)

const (
	readRow = `SELECT s.version, s.expires, s.owner, s.data, g.number FROM lanyard_groups g
		LEFT JOIN lanyard_sessions s ON s.key = $1 AND s.expires > $2 WHERE g.id = $3`
	changeRow    = `SELECT number, nodes, renewals FROM lanyard_change($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	renewLease   = `SELECT numbers, changed_groups, changed_numbers, changed_keys, nodes, renewals FROM lanyard_renew($1, $2, $3, $4)`
	removeLease  = `DELETE FROM lanyard_leases WHERE node = $1 AND renewal = $2`
	acknowledges = `SELECT pg_notify('lanyard_acks_' || a.node, concat_ws(' ', a.ask, $3::text)) FROM unnest($1::text[], $2::bigint[]) AS a(node, ask)`
)

// errDamaged means that the tables hold what no version of this package writes.
var errDamaged = errors.New("tables of the session store are damaged")

// Read returns a record as PostgreSQL has committed it.
func (s *Store) Read(ctx context.Context, key string) (r session.Record, number uint64, err error) {
	var version, expires *int64
	var owner *string
	err = s.read(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, readRow, key, s.now().UnixNano(), session.GroupOf(key)).Scan(&version, &expires, &owner, &r.Data, &number)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows): // there is a row for each group
		return r, 0, errDamaged
	case err != nil:
		return r, 0, err
	case version == nil:
		return r, number, session.ErrNotFound
	}
	r.Key, r.Version, r.Expires, r.Owner = key, uint64(*version), time.Unix(0, *expires), *owner
	return r, number, nil
}

// Change changes a record by compare-and-swap on its version, with a number.
func (s *Store) Change(ctx context.Context, key string, from session.Asker, fn func(session.Record) (session.Record, error)) (session.Changed, error) {
	for {
		old, err := s.Get(ctx, key)
		if err != nil {
			return session.Changed{}, err
		}
		version := old.Version
		r, err := fn(old)
		if err != nil {
			return session.Changed{}, err
		}
		r.Key, r.Version = key, version+1
		done, swapped, err := s.swap(ctx, r, from)
		if swapped || err != nil {
			return done, err
		}
	}
}

// swap makes a numbered change, unless another was made since its version.
func (s *Store) swap(ctx context.Context, r session.Record, from session.Asker) (done session.Changed, swapped bool, err error) {
	var number *int64
	var leases leases
	write := newWrite()
	err = s.known(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, changeRow, session.GroupOf(r.Key), r.Key, int64(r.Version)-1, r.Expires.UnixNano(), r.Owner, data(r),
			write, s.now().UnixNano(), session.LogKept, from.Node, int64(from.Ask)).Scan(&number, &leases.nodes, &leases.renewals)
	})
	if err != nil || number == nil {
		return done, false, err
	}
	done = session.Changed{Record: r, Number: uint64(*number)}
	done.Leases, err = leases.list()
	return done, true, err
}

// Renew sets a node's lease of all groups that it names.
func (s *Store) Renew(ctx context.Context, lease session.Lease, since []session.Since) ([]session.Renewed, error) {
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	groups, known := make([]int32, len(since)), make([]int64, len(since))
	for i, g := range since {
		groups[i], known[i] = int32(g.Group), int64(g.Number)
	}
	var numbers []int64
	var changed changes
	var others leases
	err := s.pool.QueryRow(ctx, renewLease, lease.Node, int64(lease.Renewal), groups, known).
		Scan(&numbers, &changed.groups, &changed.numbers, &changed.keys, &others.nodes, &others.renewals)
	if err != nil {
		return nil, fmt.Errorf("session store: %w", err)
	}
	list, err := others.list()
	if err != nil || len(numbers) != len(since) {
		return nil, errDamaged
	}
	renewed := make([]session.Renewed, len(since))
	for i := range renewed {
		renewed[i] = session.Renewed{Group: since[i].Group, Number: uint64(numbers[i]), Leases: list}
		if renewed[i].Changes, err = changed.of(groups[i]); err != nil {
			return nil, err
		}
	}
	return renewed, nil
}

// Withdraw removes a lease that is still at its renewal.
func (s *Store) Withdraw(ctx context.Context, lease session.Lease) error {
	_, err := s.write(ctx, removeLease, lease.Node, int64(lease.Renewal))
	return err
}

// leases are columns of a node's and its renewal.
type leases struct {
	nodes    []string
	renewals []int64
}

func (l *leases) list() ([]session.Lease, error) {
	if len(l.nodes) != len(l.renewals) {
		return nil, errDamaged
	}
	all := make([]session.Lease, len(l.nodes))
	for i, node := range l.nodes {
		all[i] = session.Lease{Node: node, Renewal: uint64(l.renewals[i])}
	}
	return all, nil
}

// changes are columns of a change's group, number and key, in the order of the
// first two.
type changes struct {
	groups  []int32
	numbers []int64
	keys    []string
}

// of returns those of a group.
func (c *changes) of(group int32) (all []session.Change, err error) {
	if len(c.groups) != len(c.numbers) || len(c.groups) != len(c.keys) {
		return nil, errDamaged
	}
	for i, g := range c.groups {
		if g == group {
			all = append(all, session.Change{Number: uint64(c.numbers[i]), Key: c.keys[i]})
		}
	}
	return all, nil
}
