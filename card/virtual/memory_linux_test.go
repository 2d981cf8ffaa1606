package virtual_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lanyard/card"
	"lanyard/card/virtual"
)

// TestNoPINInMemory looks for the PIN's digits in all that Go's heap and stacks
// hold after a signature, wrong tries and a change of PIN. While it is being
// typed it is found, or the search would prove nothing.
func TestNoPINInMemory(t *testing.T) {
	// The test itself keeps the PIN under a cover, so as not to find itself.
	covered := make([]byte, 8)
	_, _ = rand.Read(covered)
	for i := range covered {
		covered[i] = ('0' + covered[i]%10) ^ 0xA5
	}
	typed := func() *card.PIN {
		b := make([]byte, len(covered))
		for i := range b {
			b[i] = covered[i] ^ 0xA5
		}
		return card.NewPIN(b)
	}
	spec := aSpec(t, virtual.RSA2048)
	spec.PIN = typed()
	path := makeCard(t, spec)
	spec.PIN.Wipe()
	s := subject(t, path, nil)
	defer func() { _ = s.Token.Close() }()
	found := 0
	src := card.PINFunc(func(context.Context, card.PINPrompt) (*card.PIN, error) {
		p := typed()
		found = search(t, covered)
		return p, nil
	})
	if _, err := s.Token.Sign(t.Context(), keyFor(t, s.Token, card.Authentication), make([]byte, 32), crypto.SHA256, src); err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Fatal("the PIN is not found even while it is being typed")
	}
	old := typed()
	tok, ok := s.Token.(*virtual.Token)
	if !ok {
		t.Fatalf("token is %T", s.Token)
	}
	if err := tok.ChangePIN(t.Context(), old, secret("135790")); err != nil {
		t.Fatal(err)
	}
	old.Wipe()
	if n := search(t, covered); n != 0 {
		t.Errorf("the PIN is %d times in memory", n)
	}
}

// search counts the covered octets, uncovered, in Go's arenas.
func search(t *testing.T, covered []byte) int {
	t.Helper()
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = maps.Close() }()
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mem.Close() }()
	// The heap begins at an address that changes from run to run.
	var heap uint64
	if _, err := fmt.Sscanf(fmt.Sprintf("%p", covered), "0x%x", &heap); err != nil {
		t.Fatal(err)
	}
	n := 0
	// What is read goes to memory outside the arenas, else it finds itself.
	page, err := unix.Mmap(-1, 0, 1<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(page) }()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to uint64
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(mode, "rw") || from>>40 != heap>>40 {
			continue
		}
		for ; from < to; from += uint64(len(page) - len(covered)) {
			k, err := mem.ReadAt(page[:min(uint64(len(page)), to-from)], int64(from))
			if err != nil {
				break // a page that is reserved only
			}
			n += count(page[:k], covered)
			if from+uint64(k) >= to {
				break
			}
		}
	}
	return n
}

// count covers what was read in place, so that no copy of a PIN stays behind.
func count(page, covered []byte) int {
	for i := range page {
		page[i] ^= 0xA5
	}
	return bytes.Count(page, covered)
}
