//go:build !linux && !windows

package doctor

import (
	"bufio"
	"bytes"
	"context"
	"os/exec"
	"strings"
)

// startService is what an administrator runs to start the reader service.
func startService() Fix {
	return Fix{Kind: CopyCommand, Command: "launchctl kickstart -k system/com.apple.ifdreader"}
}

// setClock is what an administrator runs to have the clock set from the network.
func setClock() Fix { return Fix{Kind: CopyCommand, Command: "systemsetup -setusingnetworktime on"} }

// proxyScript is the address of a script (PAC) that this desktop finds its
// proxy by.
func proxyScript(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "scutil", "--proxy").Output()
	if err != nil {
		return ""
	}
	set := make(map[string]string)
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), " : "); ok {
			set[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	if set["ProxyAutoConfigEnable"] != "1" {
		return ""
	}
	return set["ProxyAutoConfigURLString"]
}
