package bundle

import (
	"context"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// askLimit is how long another program may take to tell its version.
const askLimit = 2 * time.Second

// System tells versions: of this program, the operating system and the reader
// service.
func System(ctx context.Context, program string) map[string]string {
	m := map[string]string{"program": program, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH}
	for name, command := range versions() {
		if text := firstLine(ctx, command); text != "" {
			m[name] = text
		}
	}
	return m
}

// firstLine is the first line that a program prints; empty where it is not here.
func firstLine(ctx context.Context, command []string) string {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, command[0], command[1:]...).Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}

// Session tells facts of the session at this computer. Of variables that may
// hold anything it tells only that they are set.
func Session(getenv func(string) string) map[string]string {
	m := make(map[string]string)
	for _, name := range []string{"XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "DESKTOP_SESSION", "LANG", "LANGUAGE", "LC_ALL", "DISPLAY", "WAYLAND_DISPLAY", "SESSIONNAME"} {
		if v := getenv(name); v != "" {
			m[name] = v
		}
	}
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "SSH_CONNECTION", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "LANYARD_SOCKET", "PCSCLITE_CSOCK_NAME"} {
		if getenv(name) != "" {
			m[name] = "set"
		}
	}
	return m
}

// Here is what names this user and computer.
func Here() []Known {
	var all []Known
	if home, err := os.UserHomeDir(); err == nil && home != "/" {
		all = append(all, Known{home, "[home]"})
		if real, err := filepath.EvalSymlinks(home); err == nil && real != home && real != "/" {
			all = append(all, Known{real, "[home]"})
		}
	}
	if host, err := os.Hostname(); err == nil && host != "localhost" {
		all = append(all, Known{host, "[computer]"})
	}
	if u, err := user.Current(); err == nil {
		all = append(all, Known{u.Name, "[user]"})
		if u.Username != "root" {
			all = append(all, Known{u.Username, "[user]"})
		}
	}
	return all
}
