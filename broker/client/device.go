package client

import (
	"net"
	"os"
	"strings"
)

// maxDevice is the longest name of a machine that is sent, in octets.
const maxDevice = 64

// deviceID tells the server where the user sits: "NAME,ClientIP=1.2.3.4".
func deviceID(name string) string {
	if name == "" {
		name, _ = os.Hostname() // a machine without a name is called DEVICE
	}
	name = strings.Map(func(r rune) rune {
		if r <= 0x20 || r > 0x7e || strings.ContainsRune(`,=<>&"`, r) {
			return -1
		}
		return r
	}, name)
	if name == "" {
		name = "DEVICE"
	}
	return name[:min(len(name), maxDevice)] + ",ClientIP=" + clientIP()
}

// clientIP is the machine's first IPv4 address that is not loopback's, as the
// machine itself knows it; the server sees for itself where requests come from.
func clientIP() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return "127.0.0.1"
	}
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}
