package laws_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// private tells where in some octets a private key stands, in PEM or DER.
func private(b []byte) (what string, found bool) {
	for rest := b; ; {
		i := bytes.Index(rest, []byte("-----BEGIN "))
		if i < 0 {
			break
		}
		rest = rest[i:]
		if block, _ := pem.Decode(rest); block != nil && strings.Contains(block.Type, "PRIVATE KEY") {
			return block.Type, true
		}
		rest = rest[len("-----BEGIN "):]
	}
	for i := 0; i+4 < len(b); i++ {
		if b[i] != 0x30 || b[i+1] != 0x82 && b[i+1] != 0x81 && b[i+1] > 0x7f {
			continue
		}
		// A key begins with a sequence whose first element is a small version.
		if head := b[i:min(i+8, len(b))]; !bytes.Contains(head, []byte{0x02, 0x01, 0x00}) && !bytes.Contains(head, []byte{0x02, 0x01, 0x01}) {
			continue
		}
		der := b[i:min(i+4096, len(b))]
		der = der[:min(len(der), length(der))]
		if _, err := x509.ParsePKCS8PrivateKey(der); err == nil {
			return "PKCS#8", true
		}
		if _, err := x509.ParsePKCS1PrivateKey(der); err == nil {
			return "PKCS#1", true
		}
		if _, err := x509.ParseECPrivateKey(der); err == nil {
			return "SEC 1", true
		}
	}
	return "", false
}

// length is how many octets a DER element takes with its head.
func length(der []byte) int {
	switch n := int(der[1]); {
	case n < 0x80:
		return n + 2
	case n == 0x81:
		return int(der[2]) + 3
	default:
		return int(der[2])<<8 + int(der[3]) + 4
	}
}

// TestNoPrivateKeys scans the repository and both programs.
func TestNoPrivateKeys(t *testing.T) {
	root := moduleRoot(t)
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	if len(files) < 50 {
		t.Fatalf("git names %d files only", len(files))
	}
	dir := t.TempDir()
	for name, pkg := range map[string]string{"lanyard": "lanyard", "lanyard-server": "lanyard/broker/cmd/lanyard-server"} {
		path := filepath.Join(dir, name)
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, pkg).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		files = append(files, path)
	}
	for _, name := range files {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(root, name)
		}
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue // removed from the working tree
		}
		if err != nil {
			t.Fatal(err)
		}
		if what, found := private(b); found {
			t.Errorf("%s holds a private key (%s)", name, what)
		}
	}
}

// TestScanFindsKeys shows that the scan is not blind.
func TestScanFindsKeys(t *testing.T) {
	for _, args := range [][]string{
		{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
		{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"},
		{"ecparam", "-name", "prime256v1", "-genkey", "-noout"},
		{"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-outform", "DER"},
		{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER"},
	} {
		key, err := exec.CommandContext(t.Context(), "openssl", args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		if _, found := private(append([]byte("before\x30\x82"), key...)); !found {
			t.Errorf("not found: openssl %s", strings.Join(args, " "))
		}
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}
