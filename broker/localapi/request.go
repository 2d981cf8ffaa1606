package localapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/card"
)

// requestCall hands one request of a person to the agent: exactly one of its
// fields is set.
type requestCall struct {
	SubmitPIN *struct {
		Gen card.Generation `json:"gen"`
		PIN pinText         `json:"pin"`
	} `json:"submit_pin"`
	CancelPIN *struct {
		Gen card.Generation `json:"gen"`
	} `json:"cancel_pin"`
	ChooseRole *struct {
		ID   broker.RoleProfileID `json:"id"`
		Mode broker.SSBMode       `json:"mode"`
	} `json:"choose_role"`
	AskPIN          *struct{} `json:"ask_pin"`
	TryNow          *struct{} `json:"try_now"`
	SignOnAgain     *struct{} `json:"sign_on_again"`
	DesktopUnlocked *struct{} `json:"desktop_unlocked"`
}

// decode reads from the octets themselves: a decoder would keep a copy.
func (c *requestCall) decode(args []byte) error {
	if err := json.Unmarshal(args, c); err != nil {
		return err
	}
	if n := len(c.requests()); n != 1 {
		return fmt.Errorf("%w: %d requests of a person, want 1", errArgs, n)
	}
	if c.SubmitPIN != nil && c.SubmitPIN.PIN.pin == nil {
		return fmt.Errorf("%w: no pin", errArgs)
	}
	return nil
}

func (c *requestCall) wipe() {
	if c.SubmitPIN != nil {
		c.SubmitPIN.PIN.pin.Wipe()
	}
}

// requests are those that are set.
func (c *requestCall) requests() (rs []agent.Request) {
	if c.SubmitPIN != nil {
		rs = append(rs, agent.SubmitPIN{Gen: c.SubmitPIN.Gen, PIN: c.SubmitPIN.PIN.pin})
	}
	if c.CancelPIN != nil {
		rs = append(rs, agent.CancelPIN{Gen: c.CancelPIN.Gen})
	}
	if c.ChooseRole != nil {
		rs = append(rs, agent.ChooseRole{ID: c.ChooseRole.ID, Mode: c.ChooseRole.Mode})
	}
	if c.AskPIN != nil {
		rs = append(rs, agent.AskPIN{})
	}
	if c.TryNow != nil {
		rs = append(rs, agent.TryNow{})
	}
	if c.SignOnAgain != nil {
		rs = append(rs, agent.SignOnAgain{})
	}
	if c.DesktopUnlocked != nil {
		rs = append(rs, agent.DesktopUnlocked{})
	}
	return rs
}

func (c *requestCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	rs := c.requests()
	if len(rs) != 1 {
		return nil, unreadable(errArgs.Error() + ": no request of a person")
	}
	if p, ok := rs[0].(agent.SubmitPIN); ok {
		if err := p.PIN.Check(); err != nil {
			p.PIN.Wipe()
			return nil, err
		}
	}
	err := s.Agent.Do(ctx, rs[0]) // takes the PIN over
	if errors.Is(err, agent.ErrPhase) {
		c.wipe()
	}
	return struct{}{}, err
}
