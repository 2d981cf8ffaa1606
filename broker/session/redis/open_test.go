//go:build unix

package redis_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker/session"
	"lanyard/broker/session/redis"
	"lanyard/test/engine"
)

const password = "correct-horse-battery"

// TestOpenRefuses: a Redis that would lose sessions, and addresses of the wrong
// one, are told apart, and no error holds the password.
func TestOpenRefuses(t *testing.T) {
	plain := engine.StartRedis(t)
	evicts := engine.StartRedis(t, "maxmemory-policy allkeys-lru")
	forgets := engine.StartRedis(t, "appendonly no")
	member := engine.StartRedis(t, "cluster-enabled yes")
	host, port, _ := strings.Cut(plain.Address, ":")
	replica := engine.StartRedis(t, "replicaof "+host+" "+port)
	guarded := engine.StartRedis(t, "requirepass another")
	tests := []struct {
		name, address string
		o             redis.Options
		want          error
		says          string
	}{
		{name: "evicts", address: "redis://" + evicts.Address, want: redis.ErrEvicts},
		{name: "forgets", address: "redis://" + forgets.Address, want: redis.ErrForgets},
		{name: "member", address: "redis://" + member.Address, want: redis.ErrCluster},
		{name: "replica", address: "redis://" + replica.Address, want: redis.ErrReplica},
		{name: "no cluster", address: "redis+cluster://" + plain.Address, says: "cluster support disabled"},
		{name: "no password", address: "redis://" + guarded.Address, says: "NOAUTH"},
		{name: "wrong password", address: "redis://:" + password + "@" + guarded.Address, says: "WRONGPASS"},
		{name: "wrong option", address: "redis://" + guarded.Address, o: redis.Options{Password: password}, says: "WRONGPASS"},
		{name: "nobody", address: "redis://:" + password + "@127.0.0.1:1", says: "refused"},
		{name: "address", address: "redis://:" + password + "@", says: "no host"},
		{name: "confirmations", address: "redis://" + plain.Address, o: redis.Options{Confirmations: -1}, says: "negative"},
		{name: "TLS", address: "redis://" + plain.Address, o: redis.Options{TLS: &tls.Config{}}, says: "rediss"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := redis.Open(t.Context(), tt.address, tt.o)
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			if tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), password) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestGuarded: TLS, and a user who may do what the store does and no more.
func TestGuarded(t *testing.T) {
	dir := t.TempDir()
	roots := certificate(t, dir)
	server := engine.StartRedisTLS(t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"),
		"user default off", "user lanyard on >"+password+" ~lanyard:* "+redis.Rights)
	address := "rediss://lanyard@" + server.Address
	trusts := redis.Options{Password: password, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	if _, err := redis.Open(t.Context(), address, redis.Options{Password: password}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
	s := open(t, address, trusts)
	if err := s.Create(t.Context(), lasting("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(t.Context(), "a", func(r session.Record) (session.Record, error) { return r, nil }); err != nil {
		t.Error(err)
	}
	if all, err := s.ByOwner(t.Context(), lasting("").Owner); err != nil || len(all) != 1 {
		t.Errorf("by owner: %+v, %v", all, err)
	}
	trusts.Prefix = "elsewhere:"
	if err := open(t, address, trusts).Create(t.Context(), lasting("a")); err == nil || errors.Is(err, session.ErrOutcomeUnknown) {
		t.Errorf("a write that the user has no right to: %v", err)
	}
}

// certificate makes one for the loopback, in files, and returns who trusts it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(made)
	return roots
}
