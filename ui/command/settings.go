package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// settingsCommand lists what is set and who says so.
func settingsCommand() *cobra.Command {
	var asJSON bool
	var own string
	c := &cobra.Command{
		Use:   "settings [--json]",
		Short: "List every setting, its value, and where it comes from",
		Long: "Lists what the agent would be started with: each setting, its value, and where that comes from: default, user\n" +
			"(the file you write), window (what the window of settings keeps), machine (the site's file) or policy (Group\n" +
			"Policy, a configuration profile of macOS). A later one wins over those before it.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			places, err := settingsPlaces(own)
			if err != nil {
				return err
			}
			loaded, broken := places.Load(cmd.Context())
			entries, err := loaded.Entries()
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return errors.Join(e.Encode(entries), broken)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, e := range entries {
				if _, err := fmt.Fprintf(w, "%s\t%v\t%s\n", e.Key, e.Value, e.Source); err != nil {
					return err
				}
			}
			return errors.Join(w.Flush(), broken)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	c.Flags().StringVar(&own, "config", "", "the user's settings file (default: at its usual place)")
	return c
}
