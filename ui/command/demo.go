package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"lanyard/broker/agent"
	"lanyard/broker/demo"
	"lanyard/broker/desk"
	"lanyard/card/virtual/fault"
)

const demoLong = "Makes a small CA, a directory of invented people and a virtual smartcard, starts the Identity Server and\n" +
	"the Identity Agent. Where there is a display, the desk opens with a drawer of cards of invented people to\n" +
	"practise with. Where there is none, or with --terminal, it walks the path from the card put in to the card\n" +
	"pulled and tells it; the exit status is 0 only if every step was true.\n\n" +
	"With --hold everything stays up, the card in a virtual PC/SC reader, until it is interrupted; --env names\n" +
	"a shell file that tells other programs how to reach it."

// demoCommand runs everything together on this machine.
func demoCommand(s *Shared) *cobra.Command {
	var hold bool
	var env, dir, level, listen, faults, mode string
	var look taste
	c := &cobra.Command{
		Use:   "demo [--hold --env FILE]",
		Short: "Server, agent and virtual cards together: practise in windows, or have the whole path told",
		Long:  demoLong,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := s.Logger(cmd.ErrOrStderr(), level)
			if err != nil {
				return err
			}
			if dir == "" {
				if dir, err = demo.DefaultDir(); err != nil {
					return err
				}
			}
			o := demo.Options{Dir: dir, Socket: s.socket, Listen: listen, Log: log}
			if faults != "" {
				if o.Faults, err = fault.ReadFile(faults); err != nil {
					return err
				}
			}
			if o.Mode, err = desk.ModeOf(mode); err != nil {
				return err
			}
			if hold {
				return s.hold(cmd, o, env)
			}
			if env != "" {
				return fmt.Errorf("--env goes with --hold")
			}
			if look.windows(cmd) {
				return look.practise(cmd, o)
			}
			o.Cards = demo.Drawer
			return demo.Story(cmd.Context(), cmd.OutOrStdout(), o)
		},
	}
	f := c.Flags()
	look.flags(f)
	f.BoolVar(&hold, "hold", false, "keep everything up for other programs to try")
	f.StringVar(&env, "env", "", "with --hold: write export lines for a shell to this file")
	f.StringVar(&dir, "dir", "", "folder of the demo's keys and cards (default: in the user's cache folder)")
	f.StringVar(&faults, "faults", "", "fault script that makes the card misbehave (docs/card-faults.md)")
	f.StringVar(&listen, "listen", "", "address of the server (default: a free port of 127.0.0.1)")
	f.StringVar(&mode, "mode", agent.Normal.String(), "what happens when the card comes out: normal, enhanced-normal, lock-persistence, mobility")
	f.StringVar(&level, "log", "error", "what is logged: debug, info, warn, error")
	return c
}

// hold keeps a bench up until it is interrupted.
func (s *Shared) hold(cmd *cobra.Command, o demo.Options, env string) error {
	o.Cards = demo.Reader
	o.Weak = true
	return demo.Hold(cmd.Context(), o, env, func(_ context.Context, text string) {
		_, _ = fmt.Fprint(cmd.OutOrStdout(), text)
	})
}
