package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lanyard/broker/doctor"
	"lanyard/broker/settings/secret"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// checkup is what `lanyard doctor` is asked for.
type checkup struct {
	own, language, explain, bundle string
	json, names                    bool
}

// doctorCommand tells what is wrong on this machine.
func doctorCommand(s *Shared) *cobra.Command {
	var k checkup
	c := &cobra.Command{
		Use:   "doctor [--json] [--bundle FILE] | --explain CODE",
		Short: "Tell what is wrong on this machine, and who can mend it",
		Long: "Looks at everything a sign-on needs, changes nothing and needs no administrator's rights. The first word of\n" +
			"the answer is a short code, which a person can read out on the telephone: --explain tells what it means, and\n" +
			"what any other code of Lanyard or of the old service means.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.checkUp(cmd, k) },
	}
	f := c.Flags()
	f.StringVar(&k.own, "config", "", "the user's settings file (default: at its usual place)")
	f.BoolVar(&k.json, "json", false, "as JSON, for programs")
	f.StringVar(&k.language, "language", "", "en or cy (default: the desktop's)")
	f.StringVar(&k.explain, "explain", "", "say what a code means, and look at nothing")
	f.StringVar(&k.bundle, "bundle", "", "write what IT wants to see to this zip file too")
	f.BoolVar(&k.names, "with-names", false, "with --bundle: leave names of people and computers in")
	return c
}

func (s *Shared) checkUp(cmd *cobra.Command, k checkup) error {
	language := words.Language(k.language)
	switch language {
	case "":
		language = words.Of(os.Getenv)
	case words.English, words.Welsh:
	default:
		return fmt.Errorf("--language is %q and must be en or cy", k.language)
	}
	b := words.In(language)
	if cmd.Flags().Changed("explain") {
		return explainCode(cmd.OutOrStdout(), b, k.explain)
	}
	places, err := settingsPlaces(k.own)
	if err != nil {
		return err
	}
	socket, err := s.address()
	if err != nil {
		return err
	}
	passwords := secret.NewKeeper(secret.NewRing(0))
	defer passwords.Close()
	p, err := newPhysician(loaded(cmd.Context(), places), socket, passwords, discard)
	if err != nil {
		return err
	}
	return p.report(cmd, b, k)
}

// report examines, prints and keeps what was asked for.
func (p *physician) report(cmd *cobra.Command, b words.Book, k checkup) error {
	r := p.Examine(cmd.Context(), nil)
	err := cmd.Context().Err()
	switch {
	case err != nil:
	case k.json:
		err = view.DiagnosticsJSON(cmd.OutOrStdout(), b, r, version)
	default:
		_, err = io.WriteString(cmd.OutOrStdout(), p.Text(b, r))
	}
	if err == nil && k.bundle != "" {
		err = p.write(cmd.Context(), k.bundle, b, r, k.names)
	}
	if err == nil && r.Worst() == doctor.Trouble {
		err = errors.New("something needs attention: see above")
	}
	return err
}

// explainCode says what a code means.
func explainCode(out io.Writer, b words.Book, code string) error {
	text, known := view.Explained(b, code)
	if !known {
		return errors.New(strings.TrimSpace(text))
	}
	_, err := io.WriteString(out, text)
	return err
}
