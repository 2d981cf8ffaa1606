// Command lanyard-server is the Identity Server alone: flags and one settings
// file are wired to broker/server here, and nothing else is. It is built
// without cgo. SIGTERM and SIGINT end it in good order; SIGHUP has it read
// revocation lists and directory again.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // the directory's dates are days in UK local time, and not every system has the zones

	"github.com/spf13/cobra"
)

// gcPercent lets garbage grow to four times what is in use before it is
// collected: what is in use is small, and requests leave much behind.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "lanyard-server:", err)
		os.Exit(1)
	}
}

// command is the command line.
func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "lanyard-server",
		Short:         "Lanyard's Identity Server",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var file string
	serve := &cobra.Command{
		Use:   "serve --config FILE",
		Short: "Sign people on, keep their sessions and answer applications",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := readConfig(file)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	serve.Flags().StringVar(&file, "config", "", "settings file (TOML)")
	if err := serve.MarkFlagRequired("config"); err != nil {
		panic(err) // the flag is named one line above
	}
	root.AddCommand(serve, keyCommand())
	return root
}
