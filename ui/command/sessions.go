package command

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"lanyard/ui/view"
)

// sessionsCommand shows where this user is signed on, and ends one there.
func sessionsCommand(s *Shared) *cobra.Command {
	var end string
	var asJSON bool
	c := &cobra.Command{
		Use:   "sessions [--end ID]",
		Short: "Show where you are signed on, or sign out there",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			call, err := s.dial(cmd)
			if err != nil {
				return err
			}
			defer hangUp(call, &err)
			if end != "" {
				return call.EndSession(cmd.Context(), end)
			}
			places, err := call.Sessions(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(places)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintln(w, "ID\tSINCE\tWHERE\tROLE\t")
			for _, p := range places {
				here := ""
				if p.This {
					here = "this desk"
				}
				_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Created.Local().Format("2 Jan 15:04"), view.Plain(p.Device), view.Plain(string(p.Role)), here)
			}
			return w.Flush()
		},
	}
	c.Flags().StringVar(&end, "end", "", "the id of a session to end")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return c
}
