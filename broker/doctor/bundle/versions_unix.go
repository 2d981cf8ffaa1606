//go:build !windows

package bundle

// versions are the programs that tell a version, by what it is of.
func versions() map[string][]string {
	return map[string][]string{
		"kernel":         {"uname", "-sr"},
		"distribution":   {"sh", "-c", `. /etc/os-release && printf %s "$PRETTY_NAME"`},
		"macos":          {"sw_vers", "-productVersion"},
		"reader service": {"pcscd", "--version"},
		"opensc":         {"opensc-tool", "--info"},
	}
}
