// Package doctor tells what is wrong on this machine, in rows of a verdict, its
// cause and the next step, without administrator rights. It changes nothing and
// starts no goroutine.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lanyard/broker/failure"
	"lanyard/broker/localapi"
	"lanyard/broker/settings"
	"lanyard/card"
	"lanyard/card/virtual"
)

// Verdict is how one thing does.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"
	Look    Verdict = "look" // it works, and somebody may want to know
	Trouble Verdict = "trouble"
)

// Row is one thing that was looked at.
type Row struct {
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	Cause   string  `json:"cause"`
	Next    string  `json:"next,omitempty"` // one next step
	Actor   string  `json:"actor,omitempty"`
}

// Config says what to look at.
type Config struct {
	Files  []string        // settings, the later one wins
	Socket string          // of the agent
	Device *virtual.Device // of virtual cards

	Check   func(settings.Settings) error                      // whether an agent would take them
	Readers func(ctx context.Context) ([]card.ReaderID, error) // what the reader service sees
	Module  func(setting string) (path string, err error)      // finds a PKCS#11 module
}

// Examine looks at everything in turn.
func Examine(ctx context.Context, c Config) []Row {
	set, settingsRow := c.settings()
	return []Row{settingsRow, c.readers(ctx, set), c.module(set), c.device(), c.agent(ctx)}
}

// Worst returns the worst verdict of rows.
func Worst(rows []Row) Verdict {
	worst := Good
	for _, r := range rows {
		if r.Verdict == Trouble || worst == Good {
			worst = r.Verdict
		}
		if worst == Trouble {
			break
		}
	}
	return worst
}

func (c Config) settings() (settings.Settings, Row) {
	set, err := settings.Load(c.Files...)
	if err == nil {
		err = c.Check(set)
	}
	if err != nil {
		return set, row("settings", failure.ConfigInvalid, err.Error())
	}
	return set, Row{Name: "settings", Verdict: Good, Cause: fmt.Sprintf("environment %s, mode %s", set.Environment, set.Mode)}
}

func (c Config) readers(ctx context.Context, set settings.Settings) Row {
	const name = "readers"
	if set.Card.Source == "drawer" {
		return Row{Name: name, Verdict: Good, Cause: "not needed: cards come from a drawer"}
	}
	found, err := c.Readers(ctx)
	switch {
	case errors.Is(err, card.ErrAccess):
		return row(name, failure.ReaderDenied, err.Error())
	case err != nil:
		return row(name, failure.ReaderService, err.Error())
	case len(found) == 0:
		return row(name, failure.ReaderNone, "")
	}
	names := make([]string, len(found))
	for i, r := range found {
		names[i] = string(r)
	}
	return Row{Name: name, Verdict: Good, Cause: strings.Join(names, ", ")}
}

func (c Config) module(set settings.Settings) Row {
	const name = "PKCS#11 module"
	if set.Card.Source == "drawer" {
		return Row{Name: name, Verdict: Good, Cause: "not needed: cards come from a drawer"}
	}
	path, err := c.Module(set.Card.Module)
	if err != nil {
		r := row(name, failure.ModuleMissing, err.Error())
		r.Verdict = Look // cards of the current series need none
		return r
	}
	return Row{Name: name, Verdict: Good, Cause: path}
}

func (c Config) device() Row {
	const name = "device key of virtual cards"
	place, why, err := c.Device.Where()
	switch {
	case err != nil:
		return row(name, failure.VCardDevice, err.Error())
	case place == virtual.InFile:
		return Row{Name: name, Verdict: Look, Cause: "in a file of its own, not in the keyring: " + why, Next: "Log in with a keyring, then make new cards, if this computer is shared.", Actor: failure.LocalIT.String()}
	case place == virtual.InKeyring:
		return Row{Name: name, Verdict: Good, Cause: "in the keyring"}
	default:
		return Row{Name: name, Verdict: Good, Cause: "none yet: no virtual card was made here"}
	}
}

func (c Config) agent(ctx context.Context) Row {
	const name = "agent"
	call, err := localapi.Dial(ctx, c.Socket)
	if err != nil {
		return fromAgent(name, err)
	}
	state, err := call.State(ctx)
	if err := errors.Join(err, call.Close()); err != nil {
		return fromAgent(name, err)
	}
	if p := state.Problem; p != nil {
		return row(name, p.Code, p.Detail)
	}
	return Row{Name: name, Verdict: Good, Cause: fmt.Sprintf("%s, environment %s", state.Phase, state.Environment.Name)}
}

func fromAgent(name string, err error) Row {
	var e *localapi.Error
	if errors.As(err, &e) {
		return row(name, e.Code, e.Detail)
	}
	return row(name, failure.AgentAbsent, err.Error())
}

// row makes a row of trouble from the catalogue.
func row(name string, code failure.Code, detail string) Row {
	r := Row{Name: name, Verdict: Trouble, Cause: string(code)}
	if e, ok := failure.Lookup(code); ok {
		r.Cause, r.Next, r.Actor = e.Text+" ["+string(code)+"]", e.Next, e.Actor.String()
	}
	if detail != "" {
		r.Cause += " " + detail
	}
	return r
}
