package pkcs11

import (
	"os"
	"path/filepath"
)

// Known lists the modules this package knows by name: OpenSC, which knows most
// cards, then the makers' own for older ones. A module must be of the word size
// of this program, so that only the directories of its own size are looked in.
func Known() []Module {
	programs, system := folder("ProgramFiles", `C:\Program Files`), filepath.Join(folder("SystemRoot", `C:\Windows`), "System32")
	in := func(dirs ...string) func(...string) []string {
		return func(names ...string) []string {
			roots := []string{}
			for _, d := range dirs {
				roots = append(roots, filepath.Join(programs, d))
			}
			return under(append(roots, system), func(d, n string) string { return filepath.Join(d, n) }, names...)
		}
	}
	safenet := in(`SafeNet\Authentication\SAC\x64`, `Gemalto\IDGo 800 PKCS#11`)
	return []Module{
		{"OpenSC", in(`OpenSC Project\OpenSC\pkcs11`)("opensc-pkcs11.dll")},
		{"IDEMIA (Oberthur) AWP", in(`Oberthur Technologies\AWP\DLLs`, `IDEMIA\AWP\DLLs`)("OcsCryptoki.dll")},
		{"Thales (Gemalto) IDPrime", safenet("IDPrimePKCS1164.dll", "IDPrimePKCS11.dll")},
		{"Thales (SafeNet) eToken", safenet("eTPKCS11.dll")},
		{"HID ActivClient", in(`HID Global\ActivClient`, `ActivIdentity\ActivClient`)("acpkcs211.dll")},
		{"Yubico YKCS11", in(`Yubico\Yubico PIV Tool\bin`)("libykcs11.dll")},
	}
}

// folder returns a folder of the system by its variable.
func folder(name, usual string) string {
	if v := os.Getenv(name); filepath.IsAbs(v) {
		return v
	}
	return usual
}
