package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lanyard/broker/desk"
	"lanyard/broker/doctor"
	"lanyard/card"
	"lanyard/card/pkcs11"
)

// doctorCommand tells what is wrong on this machine.
func doctorCommand(s *Shared) *cobra.Command {
	var asJSON bool
	var own string
	c := &cobra.Command{
		Use:   "doctor [--json]",
		Short: "Tell what is wrong on this machine, and who can mend it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			files, err := settingsFiles(own)
			if err != nil {
				return err
			}
			keys, err := desk.DeviceKeys()
			if err != nil {
				return err
			}
			socket, err := s.address()
			if err != nil {
				return err
			}
			rows := doctor.Examine(cmd.Context(), doctor.Config{
				Files: files, Socket: socket, Device: keys, Module: firstModule, Check: desk.Check,
				Readers: func(ctx context.Context) ([]card.ReaderID, error) { return desk.Readers(ctx, discard) },
			})
			if err := printRows(cmd, rows, asJSON); err != nil {
				return err
			}
			if doctor.Worst(rows) == doctor.Trouble {
				return errors.New("something needs attention: see above")
			}
			return nil
		},
	}
	c.Flags().StringVar(&own, "config", "", "the user's settings file (default: at its usual place)")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON, for programs")
	return c
}

// firstModule finds the module that would be used.
func firstModule(setting string) (string, error) {
	found, err := pkcs11.Find(setting)
	if err != nil {
		return "", err
	}
	return found[0], nil
}

func printRows(cmd *cobra.Command, rows []doctor.Row, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(rows)
	}
	for _, r := range rows {
		if _, err := fmt.Fprintf(out, "%-8s %s: %s\n", r.Verdict, r.Name, r.Cause); err != nil {
			return err
		}
		if r.Next != "" {
			if _, err := fmt.Fprintf(out, "         %s (%s)\n", r.Next, r.Actor); err != nil {
				return err
			}
		}
	}
	return nil
}
