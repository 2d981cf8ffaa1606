package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"lanyard/broker/ca"
)

// cardAuthority makes an authority that can certify virtual cards for practice.
func cardAuthority() *cobra.Command {
	return &cobra.Command{
		Use:   "ca DIR",
		Short: "Make an authority for practice cards, good for this computer and 200 days",
		Long: "Makes a small certificate authority for practice in a folder that does not exist yet: name-constrained to\n" +
			"loopback, valid for 200 days, taken by the environments local and demo only. Its key stays in the folder,\n" +
			"readable by its owner only.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("%d folders given, one is wanted: %s", len(args), cmd.UseLine())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := ca.Create(args[0], ca.Options{Demo: true})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "made %s, valid until %s\n", a.RootFile(), a.Root().NotAfter.Local().Format("2 January 2006"))
			return err
		},
	}
}
