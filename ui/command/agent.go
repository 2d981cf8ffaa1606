package command

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"lanyard/broker/desk"
	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui"
	"lanyard/ui/terminal"
	"lanyard/ui/words"
)

// agentCommand runs the Identity Agent with the desk in this terminal.
func agentCommand(s *Shared) *cobra.Command {
	var own, level string
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
			again, err := s.runAgent(cmd, own, level, look)
			if err == nil && again {
				return startAgain()
			}
			return err
		},
	}
	c.Flags().StringVar(&own, "config", "", "the user's settings file (default: at its usual place); the machine's wins over it in any case")
	c.Flags().StringVar(&level, "log", "", "what is logged: debug, info, warn, error")
	look.flags(c.Flags())
	return c
}

// runAgent runs the agent to its end; it tells whether it is to start anew.
func (s *Shared) runAgent(cmd *cobra.Command, own, level string, look taste) (again bool, err error) {
	places, err := settingsPlaces(own)
	if err != nil {
		return false, err
	}
	set, err := places.Load(cmd.Context())
	if err != nil {
		return false, err
	}
	if level != "" {
		set.Log.Level = level
	}
	log, endLog, err := s.keptLog(cmd.ErrOrStderr(), set.Log.Level)
	if err != nil {
		return false, err
	}
	defer endLog()
	passwords := secret.NewKeeper(secret.NewRing(0))
	defer passwords.Close()
	d, err := desk.New(set.Settings, s.socket, passwords, log)
	if err != nil {
		return false, err
	}
	kept, err := newSetup(places, set.Settings, own, passwords, log)
	if err != nil {
		return false, err
	}
	kept.obey(cmd.Context(), set)
	if look.windows(cmd) {
		socket, err := s.address()
		if err != nil {
			return false, err
		}
		examines, err := newPhysician(loaded(cmd.Context(), places), socket, passwords, log)
		if err != nil {
			return false, err
		}
		err = look.show(cmd, ui.Config{Agent: d.Agent, Log: log, Doctor: examines}, kept, d.Run)
		return kept.again.Load(), err
	}
	o, err := look.options(set.Look)
	if err != nil {
		return false, err
	}
	return false, sit(cmd, d, words.In(cmp.Or(o.Language, words.Of(os.Getenv))))
}

// settingsPlaces are the places an agent is set up from: the user's, and over
// them the site's, which nobody gets round. A file that was named and is not
// there is refused: settings of nobody's would be in force.
func settingsPlaces(own string) (settings.Places, error) {
	if own != "" {
		if _, err := os.Stat(own); err != nil {
			return settings.Places{}, fmt.Errorf("settings: %w", err)
		}
	}
	return settings.PlacesOf(own)
}

// errLeft ends the agent when the person leaves the terminal.
var errLeft = errors.New("the desk was left")

// sit runs the agent and the desk in the terminal until one of them ends.
func sit(cmd *cobra.Command, d *desk.Desk, b words.Book) error {
	g, ctx := errgroup.WithContext(cmd.Context())
	g.Go(func() error { return d.Run(ctx) })
	g.Go(func() error {
		err := (&terminal.Desk{Agent: d.Agent, In: os.Stdin, Out: cmd.OutOrStdout(), Words: b}).Run(ctx)
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
