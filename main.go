// Command lanyard is the Identity Agent and what belongs to it: flags and
// settings are wired to the rooms below, and nothing else is done here.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // the directory's dates are days in UK local time, and not every system has the zones

	"github.com/sirupsen/logrus"
	logrusslog "github.com/sirupsen/logrus/hooks/slog"

	"lanyard/card/pkcs11"
	"lanyard/card/virtual/reader"
	"lanyard/ui/command"
)

func main() {
	if err := noCoreFiles(); err != nil {
		fmt.Fprintln(os.Stderr, "lanyard: core files cannot be forbidden:", err)
		os.Exit(1)
	}
	// This program is also its own helpers: the virtual reader's and the
	// PKCS#11 module's process. These calls return where it is neither.
	reader.Main()
	pkcs11.Main()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command.Root(&command.Shared{Logger: logger}).ExecuteContext(ctx); err != nil {
		command.Explain(os.Stderr, err)
		stop()
		os.Exit(command.ExitStatus(err))
	}
}

// logger puts logrus under slog, which all code takes.
func logger(w io.Writer, level string) (*slog.Logger, error) {
	lvl, err := logrus.ParseLevel(level)
	if err != nil {
		return nil, fmt.Errorf("log level %q: want debug, info, warn or error", level)
	}
	l := logrus.New()
	l.SetOutput(w)
	l.SetLevel(lvl)
	return slog.New(logrusslog.NewHandler(l, nil)), nil
}
