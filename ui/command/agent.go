package command

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"lanyard/broker/desk"
	"lanyard/broker/settings"
	"lanyard/ui/terminal"
)

// agentCommand runs the Identity Agent with the desk in this terminal.
func agentCommand(s *Shared) *cobra.Command {
	var files []string
	var level string
	var look taste
	c := &cobra.Command{
		Use:   "agent",
		Short: "Run the Identity Agent with the desk in windows, or in this terminal",
		Long: "Runs the Identity Agent of this user: it watches the readers, asks for passcode and role in windows, or in\n" +
			"this terminal where there is no display or with --terminal,\n" +
			"keeps the session alive and hands tickets to applications. Its settings are the user's file and, over it,\n" +
			"the machine's (see docs/administrator.md).",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(files) == 0 {
				user, err := settings.UserFile()
				if err != nil {
					return err
				}
				files = []string{user, settings.MachineFile()}
			}
			set, err := settings.Load(files...)
			if err != nil {
				return err
			}
			if level != "" {
				set.Log.Level = level
			}
			log, err := s.Logger(cmd.ErrOrStderr(), set.Log.Level)
			if err != nil {
				return err
			}
			d, err := desk.New(set, s.socket, log)
			if err != nil {
				return err
			}
			if look.windows() {
				return look.show(cmd, d.Agent, nil, log, d.Run)
			}
			return sit(cmd, d)
		},
	}
	c.Flags().StringArrayVar(&files, "config", nil, "settings file; a later one wins (default: the user's, then the machine's)")
	c.Flags().StringVar(&level, "log", "", "what is logged: debug, info, warn, error")
	look.flags(c.Flags())
	return c
}

// errLeft ends the agent when the person leaves the terminal.
var errLeft = errors.New("the desk was left")

// sit runs the agent and the desk in the terminal until one of them ends.
func sit(cmd *cobra.Command, d *desk.Desk) error {
	g, ctx := errgroup.WithContext(cmd.Context())
	g.Go(func() error { return d.Run(ctx) })
	g.Go(func() error {
		err := (&terminal.Desk{Agent: d.Agent, In: os.Stdin, Out: cmd.OutOrStdout()}).Run(ctx)
		if err == nil || errors.Is(err, io.EOF) {
			err = errLeft
		}
		return err
	})
	err := g.Wait()
	if errors.Is(err, errLeft) || cmd.Context().Err() != nil {
		return nil
	}
	return err
}
