package command

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"lanyard/broker/failure"
	"lanyard/broker/localapi"
)

// Version is the program's; packages set it when they link.
var version = "0.1.0-dev"

// discard is the log of commands that have none.
var discard = slog.New(slog.DiscardHandler)

// Shared is what every command may use.
type Shared struct {
	// Logger makes the program's log at a level ("debug", "info", "warn",
	// "error"), written to a stream.
	Logger func(w io.Writer, level string) (*slog.Logger, error)

	socket string
}

// socketVariable names the socket of an agent that is not at its usual place,
// such as the demo's.
const socketVariable = "LANYARD_SOCKET"

// Root is the lanyard command.
func Root(s *Shared) *cobra.Command {
	root := &cobra.Command{
		Use:           "lanyard",
		Short:         "Smartcard sign-on and signing",
		Long:          "Lanyard signs a clinician on with a smartcard, keeps the session, and hands tickets to applications.",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().StringVar(&s.socket, "socket", os.Getenv(socketVariable), "the agent's socket (default: $"+socketVariable+", else this user's own)")
	root.AddCommand(agentCommand(s), demoCommand(s), ticketCommand(s), whoamiCommand(s), sessionsCommand(s), cardCommand(s), doctorCommand(s), settingsCommand())
	return root
}

// Explain writes an error for a person: what is so, the next step, the code.
func Explain(w io.Writer, err error) {
	var local *localapi.Error
	if errors.As(err, &local) {
		_, _ = fmt.Fprintf(w, "lanyard: %s", local.Text)
		if local.Detail != "" {
			_, _ = fmt.Fprintf(w, " (%s)", local.Detail)
		}
		_, _ = fmt.Fprintf(w, " %s [%s]\n", local.Next, local.Code)
		return
	}
	_, _ = fmt.Fprintf(w, "lanyard: %v\n", err)
}

// ExitStatus tells programs what happened: 3 for no session, 4 for no agent, 1
// for everything else.
func ExitStatus(err error) int {
	var local *localapi.Error
	if errors.As(err, &local) {
		switch local.Code {
		case failure.NoSession:
			return 3
		case failure.AgentAbsent, failure.AgentDenied, failure.AgentStopping:
			return 4
		}
	}
	return 1
}

// dial calls the agent of this user.
func (s *Shared) dial(cmd *cobra.Command) (*localapi.Client, error) {
	address, err := s.address()
	if err != nil {
		return nil, err
	}
	return localapi.Dial(cmd.Context(), address)
}

func (s *Shared) address() (string, error) {
	if s.socket != "" {
		return s.socket, nil
	}
	return localapi.Address()
}

// hangUp closes a call and keeps the first error.
func hangUp(c *localapi.Client, err *error) { *err = errors.Join(*err, c.Close()) }
