package command

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"lanyard/ui/view"
)

// whoamiCommand prints who is signed on at this desk.
func whoamiCommand(s *Shared) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "whoami [--json]",
		Short: "Print who is signed on here, in which role and until when",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			call, err := s.dial(cmd)
			if err != nil {
				return err
			}
			defer hangUp(call, &err)
			who, err := call.Whoami(cmd.Context())
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if asJSON {
				e := json.NewEncoder(out)
				e.SetIndent("", "  ")
				return e.Encode(who)
			}
			_, err = fmt.Fprintf(out, "%s (%s)\n", view.Plain(who.User.Name), who.User.UID)
			if who.Role != nil {
				_, err = fmt.Fprintf(out, "%s, %s (%s)\n", view.Plain(who.Role.Name), view.Plain(who.Role.OrgName), view.Plain(who.Role.OrgCode))
			}
			if err == nil {
				_, err = fmt.Fprintf(out, "%s to %s, %s\n", who.User.Since.Local().Format("15:04"), who.User.Until.Local().Format("15:04"), who.Environment.Name)
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return c
}
