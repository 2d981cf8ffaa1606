package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"

	"lanyard/broker/server"
)

// accessManager makes the settings of the session API.
func (c *config) accessManager() (server.AccessManager, error) {
	a := &c.AccessManager
	s := server.AccessManager{Prefixes: a.Prefixes, Listeners: a.Listeners}
	for _, host := range a.Listeners {
		if host == "" || strings.ContainsAny(host, "/@?#* ") {
			return s, fmt.Errorf("access_manager.listeners: %q is not a host such as app.example or app.example:8443", host)
		}
	}
	if len(a.Anchors) == 0 {
		return s, nil
	}
	anchors, err := certificates(a.Anchors)
	if err != nil {
		return s, err
	}
	roots := x509.NewCertPool()
	for _, anchor := range anchors {
		roots.AddCert(anchor)
	}
	s.ListenerTLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return s, nil
}
