// Command bare is the measure of test/bench: a TLS handler of the standard
// library that reads a request's body, verifies as many RSA signatures as it is
// told to, and answers with the headers and the body of the product.
//
//	bare CERTIFICATE KEY BODY [SIGNER TIMES]
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return errors.New("usage: bare CERTIFICATE KEY BODY [SIGNER TIMES]")
	}
	body, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	verify := func() error { return nil }
	if len(args) > 4 {
		if verify, err = verifier(args[3], args[4]); err != nil {
			return err
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("ready", ln.Addr())
	length := strconv.Itoa(len(body))
	return http.ServeTLS(ln, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		if err := verify(); err != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "text/xml; charset=UTF-8")
		h.Set("Content-Length", length)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body)
	}), args[0], args[1])
}

// verifier makes a function that verifies a signature of a key, so many times.
func verifier(file, times string) (func() error, error) {
	n, err := strconv.Atoi(times)
	if err != nil {
		return nil, fmt.Errorf("TIMES: %w", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("signer is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("signer is not RSA")
	}
	digest := sha256.Sum256([]byte("what a card signs"))
	signature, err := key.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return func() error {
		for range n {
			if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
