package main

import (
	"context"

	"lanyard/broker/session"
	"lanyard/broker/session/bolt"
	"lanyard/broker/session/postgres"
)

// The kinds of stores.
const (
	storeBolt     = "bolt"
	storePostgres = "postgres"
)

// openStore opens the store of sessions.
func (c *config) openStore(ctx context.Context) (session.Store, error) {
	if c.Store.Kind == storePostgres {
		return postgres.Open(ctx, c.Store.Address, postgres.Options{})
	}
	return bolt.Open(ctx, c.Sessions.Store, bolt.Options{})
}

// keys reads the keys that seal tickets and challenges. Those of one node are
// made at its first start; those that nodes share are made once, and copied.
func (c *config) keys() (session.Keys, error) {
	if c.Store.Kind == storeBolt {
		return sealKeys(c.KeyFile)
	}
	return readKeys(c.KeyFile)
}
