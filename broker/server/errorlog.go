package server

import (
	"log"
	"log/slog"
	"strings"
)

// errorLog is where the HTTP server of the standard library complains. Its
// lines may quote what a client sent, and tickets stand in URLs, so only lines
// of kinds that are known to quote nothing get through; of others the log tells
// that there was one.
func errorLog(to *slog.Logger) *log.Logger { return log.New(complaints{to}, "", 0) }

type complaints struct{ to *slog.Logger }

// Write takes one line.
func (c complaints) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	switch {
	case strings.HasPrefix(text, "http: TLS handshake error from "):
		c.to.Debug("connection failed", "reason", text)
	case strings.HasPrefix(text, "http: Accept error: "):
		c.to.Error("connections cannot be accepted", "reason", text)
	default:
		c.to.Warn("HTTP server complains of a connection", "length", len(text))
	}
	return len(line), nil
}
