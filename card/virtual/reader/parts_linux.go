package reader

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// What pcscd has compiled in: the directory of its socket, the socket's name in
// it, and where it looks for drivers of real readers.
const (
	systemDir  = "/run/pcscd"
	socketName = "pcscd.comm"
	driversDir = "/usr/lib/pcsc/drivers"
)

// Inside the directory that becomes systemDir.
const (
	confName   = "conf"      // the directory of reader.conf
	driverName = "driver.so" // where the driver appears
)

// port is where the driver listens in its own network.
const port = 0x8C7B

// maxSocketPath is what a socket's address holds, less the zero at its end.
const maxSocketPath = 107

// parts are the programs of others that a reader is made of.
type parts struct{ pcscd, driver string }

// findParts looks in the search path and where distributions put them: a plain
// user's search path often lacks /usr/sbin.
func findParts() (parts, error) {
	var p parts
	for _, name := range []string{"pcscd", "/usr/sbin/pcscd", "/usr/local/sbin/pcscd"} {
		if path, err := exec.LookPath(name); err == nil {
			p.pcscd = path
			break
		}
	}
	for _, dir := range []string{driversDir, "/usr/lib64/pcsc/drivers", "/usr/local/lib/pcsc/drivers"} {
		path := filepath.Join(dir, "serial", "libifdvpcd.so")
		if _, err := os.Stat(path); err == nil {
			p.driver = path
			break
		}
	}
	switch {
	case p.pcscd == "":
		return p, fmt.Errorf("%w: no pcscd; install the package pcscd", ErrNotInstalled)
	case p.driver == "":
		return p, fmt.Errorf("%w: no libifdvpcd.so; install the package vsmartcard-vpcd", ErrNotInstalled)
	}
	return p, nil
}

// layOut makes the directory that becomes systemDir, with the driver's place and
// a configuration of this one reader.
func layOut(socket, name string) error {
	if n := len(socket); n > maxSocketPath {
		return fmt.Errorf("virtual reader: socket %s has %d octets, %d are possible: choose a directory with a shorter name", socket, n, maxSocketPath)
	}
	dir := filepath.Dir(socket)
	if err := os.MkdirAll(filepath.Join(dir, confName), 0o755); err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, driverName), nil, 0o600); err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	conf := fmt.Sprintf("FRIENDLYNAME \"%s\"\nDEVICENAME /dev/null:0x%X\nLIBPATH %s\nCHANNELID 0x%X\n",
		name, port, filepath.Join(systemDir, driverName), port)
	if err := os.WriteFile(filepath.Join(dir, confName, "reader.conf"), []byte(conf), 0o644); err != nil {
		return fmt.Errorf("virtual reader: %w", err)
	}
	return nil
}
