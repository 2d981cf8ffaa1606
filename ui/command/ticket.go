package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"lanyard/broker/ticket"
)

// ticketCommand prints the ticket of the session at this desk.
func ticketCommand(s *Shared) *cobra.Command {
	var noPrompt, fresh bool
	c := &cobra.Command{
		Use:   "ticket [--no-prompt]",
		Short: "Print the SSO ticket of this desk",
		Long: "Prints the SSO ticket of the session at this desk. Where nobody is signed on, the agent asks for the\n" +
			"passcode and the command waits; with --no-prompt it ends at once with exit status 3.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			call, err := s.dial(cmd)
			if err != nil {
				return err
			}
			defer hangUp(call, &err)
			t, err := call.Ticket(cmd.Context(), ticket.Ask{Prompt: !noPrompt, New: fresh})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), t.Reveal())
			return err
		},
	}
	c.Flags().BoolVar(&noPrompt, "no-prompt", false, "never ask the user")
	c.Flags().BoolVar(&fresh, "new", false, "sign on again with the card in any case")
	return c
}
