package laws_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list -json` tells of a package.
type pkg struct {
	ImportPath   string
	Name         string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
	CgoFiles     []string
}

func list(t *testing.T, env ...string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Name,Imports,TestImports,XTestImports,Deps,CgoFiles", "lanyard/...")
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		if ee := new(exec.ExitError); errors.As(err, &ee) {
			t.Fatalf("go list: %v\n%s", err, ee.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	if len(pkgs) < 5 {
		t.Fatalf("go list found %d packages only", len(pkgs))
	}
	return pkgs
}

// under tells whether a package is one of roots or below it.
func under(importPath string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(r string) bool {
		return importPath == r || strings.HasPrefix(importPath, r+"/")
	})
}

func isTestPackage(importPath string) bool {
	for p := importPath; p != "." && p != "/"; p = path.Dir(p) {
		if strings.HasSuffix(path.Base(p), "test") {
			return true
		}
	}
	return false
}

// A law says which of the packages a package reaches break it.
type law struct {
	name   string
	breaks func(p pkg, dep string) bool
	direct bool // look at direct imports only
}

func laws() []law {
	return []law{
		{
			name: "1: nothing under card or broker imports ui or Fyne",
			breaks: func(p pkg, dep string) bool {
				return under(p.ImportPath, "lanyard/card", "lanyard/broker") && under(dep, "lanyard/ui", "fyne.io")
			},
		},
		{
			name: "2: card never imports broker",
			breaks: func(p pkg, dep string) bool {
				return under(p.ImportPath, "lanyard/card") && under(dep, "lanyard/broker")
			},
		},
		{
			name: "2: the root package card imports nothing of ours",
			breaks: func(p pkg, dep string) bool {
				return p.ImportPath == "lanyard/card" && under(dep, "lanyard")
			},
		},
		{
			name: "3: scard only in card/pcsc", direct: true,
			breaks: func(p pkg, dep string) bool {
				return under(dep, "github.com/ebfe/scard") && p.ImportPath != "lanyard/card/pcsc"
			},
		},
		{
			name: "3: miekg/pkcs11 only in card/pkcs11", direct: true,
			breaks: func(p pkg, dep string) bool {
				return under(dep, "github.com/miekg/pkcs11") && !under(p.ImportPath, "lanyard/card/pkcs11")
			},
		},
		{
			name: "4: packages called *test are imported by tests only", direct: true,
			breaks: func(p pkg, dep string) bool {
				return under(dep, "lanyard") && isTestPackage(dep) && !isTestPackage(p.ImportPath)
			},
		},
		{
			name: "5: server and agent meet on the wire only",
			breaks: func(p pkg, dep string) bool {
				if under(p.ImportPath, "lanyard/broker/server") {
					return under(dep, "lanyard/broker/agent", "lanyard/broker/client")
				}
				return under(p.ImportPath, "lanyard/broker/agent", "lanyard/broker/client") && under(dep, "lanyard/broker/server")
			},
		},
		{
			name: "5: only broker/demo and main import both server and agent", direct: true,
			breaks: func(p pkg, dep string) bool {
				both := under(dep, "lanyard/broker/server") && slices.ContainsFunc(p.Imports, func(i string) bool { return under(i, "lanyard/broker/agent") })
				return both && p.ImportPath != "lanyard" && !under(p.ImportPath, "lanyard/broker/demo")
			},
		},
		{
			name: "7: ui meets the agent at the interface Desk: never a client, session or server", direct: true,
			breaks: func(p pkg, dep string) bool {
				return under(p.ImportPath, "lanyard/ui") && under(dep, "lanyard/broker/client", "lanyard/broker/server", "lanyard/broker/session")
			},
		},
	}
}

func TestImportLaws(t *testing.T) {
	pkgs := list(t)
	for _, l := range laws() {
		t.Run(l.name, func(t *testing.T) {
			for _, p := range pkgs {
				deps := p.Deps
				if l.direct {
					deps = p.Imports
				}
				for _, dep := range deps {
					if l.breaks(p, dep) {
						t.Errorf("%s reaches %s", p.ImportPath, dep)
					}
				}
			}
		})
	}
}

func TestCgoStaysInItsRooms(t *testing.T) {
	for _, p := range list(t, "CGO_ENABLED=1") {
		if len(p.CgoFiles) > 0 {
			t.Errorf("%s holds cgo of its own: %v", p.ImportPath, p.CgoFiles)
		}
		reaches := slices.ContainsFunc(p.Imports, func(i string) bool {
			return under(i, "github.com/ebfe/scard", "github.com/miekg/pkcs11")
		})
		if reaches && !under(p.ImportPath, "lanyard/card/pcsc", "lanyard/card/pkcs11") {
			t.Errorf("%s imports a cgo library", p.ImportPath)
		}
	}
}

func TestServerBuildsWithoutCgo(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", t.TempDir(), "lanyard/broker/cmd/lanyard-server")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestNoRoomForLeftovers(t *testing.T) {
	for _, p := range list(t) {
		if slices.Contains([]string{"util", "utils", "common", "helpers", "misc", "types", "models"}, path.Base(p.ImportPath)) {
			t.Errorf("%s is named after nothing a user would say", p.ImportPath)
		}
	}
}
