package redis

import (
	"context"
	"crypto/tls"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// The limits of the client. Redis answers in a fraction of a millisecond; with
// the client's own, longer ones a master that died is not found out in time.
const (
	dialLimit   = 300 * time.Millisecond
	shakeLimit  = time.Second // of a dial with TLS
	answerLimit = 500 * time.Millisecond
	confirmIn   = 200 * time.Millisecond // shorter than answerLimit
	reloadEvery = time.Second            // of the cluster's table of slots
	maxConns    = 64                     // to each server
	maxIdle     = 5 * time.Minute
)

// DefaultPrefix is what the store's keys begin with.
const DefaultPrefix = "lanyard:"

// Rights are the rules of Redis for what the store's user may do, to keys that
// begin with its prefix; in a cluster +asking, +cluster and +command are needed
// besides.
const Rights = "+hello +client +select +info +wait +eval +evalsha +hmget +hset +del +pexpire +pttl +zadd +zrangebyscore +zremrangebyscore"

// Options say how a store is opened.
type Options struct {
	// Confirmations is how many replicas must have a write before it is
	// confirmed. 0: none for one server, 1 for Sentinel and a cluster.
	Confirmations int
	Password      string      // in place of the address's
	TLS           *tls.Config // for "rediss"; nil: the system's roots, TLS 1.2 or later
	// SentinelPassword is that of the Sentinels, which are not asked for the
	// servers' own.
	SentinelPassword string
	Prefix           string           // of all keys; empty: DefaultPrefix
	Now              func() time.Time // nil: the system's clock
}

// The scripts. Each writes one key. Times in them are texts of one width, since
// numbers in Lua hold no nanoseconds.
var (
	//go:embed create.lua
	createText string
	//go:embed swap.lua
	swapText string
	//go:embed index.lua
	indexText string
)

var (
	errConfirmations = errors.New("the number of replicas that confirm a write must not be negative")
	errTLS           = errors.New(`TLS settings are for addresses that begin with "rediss"`)
)

// Open connects to the Redis of an address and looks whether it is set up to
// keep what it is told. The address is one of
//
//	redis://[user[:password]@]host[:port][/database]
//	redis+sentinel://[user[:password]@]host[:port],…/master[/database]
//	redis+cluster://[user[:password]@]host[:port],…
//
// with rediss in place of redis for TLS. The hosts are the Sentinels, or some of
// the cluster's nodes; user and password are those of the servers. No error
// holds a password.
func Open(ctx context.Context, at string, o Options) (*Store, error) {
	a, err := parseAddress(at)
	if err != nil {
		return nil, fmt.Errorf("session store: %w", err)
	}
	if err := o.fill(&a); err != nil {
		return nil, fmt.Errorf("session store: %w", err)
	}
	s := &Store{
		prefix: o.Prefix, confirmations: o.Confirmations, now: o.Now,
		create: redis.NewScript(createText), swap: redis.NewScript(swapText), index: redis.NewScript(indexText),
	}
	logging.Disable() // it writes a line for each dial in vain, and callers are told of all of them
	s.connect(&a, &o)
	if err := s.inspect(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("session store: %w", err), s.client.Close())
	}
	return s, nil
}

// fill checks the options and makes up for what is not set.
func (o *Options) fill(a *address) error {
	switch {
	case o.Confirmations < 0:
		return errConfirmations
	case o.Confirmations == 0 && a.kind != single:
		o.Confirmations = 1
	}
	switch {
	case o.TLS != nil && !a.tls:
		return errTLS
	case o.TLS == nil && a.tls:
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if o.Password == "" {
		o.Password = a.password
	}
	if o.Prefix == "" {
		o.Prefix = DefaultPrefix
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return nil
}

// connect makes the client; it dials when it is used. The store repeats by
// itself what went wrong, so the client does not.
func (s *Store) connect(a *address, o *Options) {
	dial := dialLimit
	if a.tls {
		dial = shakeLimit
	}
	u := redis.UniversalOptions{
		Addrs: a.hosts, MasterName: a.master, DB: a.db, IsClusterMode: a.kind == cluster,
		Username: a.user, Password: o.Password, SentinelPassword: o.SentinelPassword, TLSConfig: o.TLS,
		ClientName: "lanyard-server", MaxRetries: -1,
		DialTimeout: dial, DialerRetries: 1, ReadTimeout: answerLimit, WriteTimeout: answerLimit, ContextTimeoutEnabled: true,
		PoolSize: maxConns, PipelinePoolSize: -1, ConnMaxIdleTime: maxIdle,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if a.kind != cluster {
		if a.kind == sentinel {
			s.one = redis.NewFailoverClient(u.Failover())
		} else {
			s.one = redis.NewClient(u.Simple())
		}
		s.client = s.one
		return
	}
	c := u.Cluster()
	c.ClusterStateReloadInterval = reloadEvery
	s.many = redis.NewClusterClient(c)
	s.client = s.many
}
