package doctor

import (
	"context"

	"golang.org/x/sys/windows/registry"
)

// startService is what an administrator runs to start the reader service.
func startService() Fix { return Fix{Kind: CopyCommand, Command: "sc start SCardSvr"} }

// setClock is what an administrator runs to have the clock set from the network.
func setClock() Fix { return Fix{Kind: CopyCommand, Command: "w32tm /resync"} }

// proxyScript is the address of a script (PAC) that this desktop finds its
// proxy by.
func proxyScript(context.Context) string {
	k, err := registry.OpenKey(registry.CURRENT_USER, `Software\Microsoft\Windows\CurrentVersion\Internet Settings`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer func() { _ = k.Close() }()
	script, _, err := k.GetStringValue("AutoConfigURL")
	if err != nil {
		return ""
	}
	return script
}
