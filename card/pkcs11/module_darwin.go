package pkcs11

import "path"

// Known lists the modules this package knows by name: OpenSC, which knows most
// cards, then the makers' own for older ones.
func Known() []Module {
	in := func(names ...string) []string {
		return under([]string{"/usr/local/lib", "/opt/homebrew/lib"}, func(d, n string) string { return path.Join(d, n) }, names...)
	}
	return []Module{
		{"OpenSC", append([]string{"/Library/OpenSC/lib/opensc-pkcs11.so"}, in("opensc-pkcs11.so")...)},
		{"IDEMIA (Oberthur) AWP", []string{"/Library/AWP/lib/libOcsCryptoki.dylib", "/usr/local/AWP/lib/libOcsCryptoki.dylib"}},
		{"Thales (Gemalto) IDPrime", append([]string{"/Library/Frameworks/eToken.framework/Versions/A/libIDPrimePKCS11.dylib"}, in("libIDPrimePKCS11.dylib")...)},
		{"Thales (SafeNet) eToken", append([]string{"/Library/Frameworks/eToken.framework/Versions/Current/libeToken.dylib"}, in("libeTPkcs11.dylib")...)},
		{"HID ActivClient", []string{"/Library/Frameworks/ac.ac4mac.pkcs11.framework/Versions/Current/Libraries/acpkcs220.dylib"}},
		{"Yubico YKCS11", in("libykcs11.dylib")},
	}
}
