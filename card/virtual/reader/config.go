package reader

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// ErrNotInstalled is returned where pcscd or the vpcd driver is missing.
var ErrNotInstalled = errors.New("pcscd with the vpcd driver is not installed")

// ErrOccupied is returned when a card is inserted where one is.
var ErrOccupied = errors.New("there is a card in the reader already")

// DefaultName is the name of a reader that was given none.
const DefaultName = "Lanyard Virtual Reader"

// maxName is how many octets pcscd keeps of a reader's name, less the two
// numbers it puts behind it.
const maxName = 100

// Config of a virtual reader. The zero value is usable.
type Config struct {
	// Name is the reader's name as programs show it, DefaultName if empty.
	Name string
	// Dir is where the directory of the socket is made, the system's directory
	// for temporary files if empty. Only this user gets into the new directory.
	Dir string
	// Log gets how cards left. Nil is silence.
	Log *slog.Logger
}

func (c Config) withDefaults() (Config, error) {
	if c.Name == "" {
		c.Name = DefaultName
	}
	if len(c.Name) > maxName || strings.ContainsAny(c.Name, "\"\n\r\x00") {
		return c, fmt.Errorf("reader name %.120q: up to %d octets without quotes and line breaks", c.Name, maxName)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
