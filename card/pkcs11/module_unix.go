//go:build unix && !darwin

package pkcs11

import (
	"path"
	"runtime"
)

// Known lists the modules this package knows by name: OpenSC, which knows most
// cards, then the makers' own for older ones.
func Known() []Module {
	dirs := libraryDirs(runtime.GOARCH)
	in := func(names ...string) []string {
		return under(dirs, func(d, n string) string { return path.Join(d, n) }, names...)
	}
	return []Module{
		{"OpenSC", in("opensc-pkcs11.so")},
		{"IDEMIA (Oberthur) AWP", append([]string{"/usr/local/AWP/lib/libOcsCryptoki.so"}, in("libOcsCryptoki.so")...)},
		{"Thales (Gemalto) IDPrime", in("libIDPrimePKCS11.so")},
		{"Thales (SafeNet) eToken", in("libeTPkcs11.so", "libeToken.so")},
		{"HID ActivClient", append([]string{"/usr/local/ActivIdentity/ActivClient/lib/libacpkcs211.so"}, in("libacpkcs211.so")...)},
		{"Yubico YKCS11", in("libykcs11.so", "libykcs11.so.2")},
	}
}

// libraryDirs are the directories of shared libraries: Debian's for the
// architecture, those of other distributions, and what was built by hand; and
// in each one the directory for modules.
func libraryDirs(arch string) []string {
	var roots []string
	if t, ok := map[string]string{
		"amd64": "x86_64-linux-gnu", "386": "i386-linux-gnu",
		"arm64": "aarch64-linux-gnu", "arm": "arm-linux-gnueabihf",
		"ppc64le": "powerpc64le-linux-gnu", "riscv64": "riscv64-linux-gnu", "s390x": "s390x-linux-gnu",
	}[arch]; ok {
		roots = append(roots, "/usr/lib/"+t)
	}
	roots = append(roots, "/usr/lib64", "/usr/lib", "/usr/local/lib64", "/usr/local/lib")
	var dirs []string
	for _, r := range roots {
		dirs = append(dirs, r, r+"/pkcs11")
	}
	return dirs
}
