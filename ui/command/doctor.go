package command

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"lanyard/broker/desk"
	"lanyard/broker/doctor"
	"lanyard/broker/settings"
	"lanyard/card/pkcs11"
)

// doctorCommand tells what is wrong on this machine.
func doctorCommand(s *Shared) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "doctor [--json]",
		Short: "Tell what is wrong on this machine, and who can mend it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			user, err := settings.UserFile()
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
				Files: []string{user, settings.MachineFile()}, Socket: socket, Device: keys, Module: firstModule,
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
