package doctor

import (
	"context"
	"os"
	"os/exec"
	"strings"
)

// startService is what an administrator runs to start the reader service.
func startService() Fix { return Fix{Kind: CopyCommand, Command: "systemctl start pcscd.socket"} }

// setClock is what an administrator runs to have the clock set from the network.
func setClock() Fix { return Fix{Kind: CopyCommand, Command: "timedatectl set-ntp true"} }

// proxyScript is the address of a script (PAC) that this desktop finds its
// proxy by: from the environment, else from GNOME's settings.
func proxyScript(ctx context.Context) string {
	for _, name := range []string{"auto_proxy", "AUTO_PROXY"} {
		if script := os.Getenv(name); script != "" {
			return script
		}
	}
	if gsetting(ctx, "mode") != "auto" {
		return ""
	}
	if script := gsetting(ctx, "autoconfig-url"); script != "" {
		return script
	}
	return "WPAD"
}

// gsetting reads a setting of GNOME's proxy; empty where there is no GNOME.
func gsetting(ctx context.Context, key string) string {
	tool, err := exec.LookPath("gsettings")
	if err != nil {
		return ""
	}
	out, err := exec.CommandContext(ctx, tool, "get", "org.gnome.system.proxy", key).Output()
	if err != nil {
		return ""
	}
	return strings.Trim(strings.TrimSpace(string(out)), "'")
}
