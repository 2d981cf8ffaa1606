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
		ofCard
		PIN pinText `json:"pin"`
	} `json:"submit_pin"`
	ChangePIN *struct {
		ofCard
		Old pinText `json:"old"`
		New pinText `json:"new"`
	} `json:"change_pin"`
	Unblock *struct {
		ofCard
		PUK pinText `json:"puk"`
		New pinText `json:"new"`
	} `json:"unblock"`
	CancelPIN   *ofCard `json:"cancel_pin"`
	StartKeypad *ofCard `json:"start_keypad"`
	Shown       *ofCard `json:"shown"`
	ChooseRole  *struct {
		ID   broker.RoleProfileID `json:"id"`
		Mode broker.SSBMode       `json:"mode"`
	} `json:"choose_role"`
	EndPlace *struct {
		ID string `json:"id"`
	} `json:"end_place"`
	AskPIN          *struct{} `json:"ask_pin"`
	TryNow          *struct{} `json:"try_now"`
	SignOnAgain     *struct{} `json:"sign_on_again"`
	DesktopUnlocked *struct{} `json:"desktop_unlocked"`
	Lock            *struct{} `json:"lock"`
	LookForPlaces   *struct{} `json:"look_for_places"`
}

// ofCard names the card that a request is about.
type ofCard struct {
	Gen card.Generation `json:"gen"`
}

// decode reads from the octets themselves: a decoder would keep a copy.
func (c *requestCall) decode(args []byte) error {
	if err := json.Unmarshal(args, c); err != nil {
		return err
	}
	if n := len(c.requests()); n != 1 {
		return fmt.Errorf("%w: %d requests of a person, want 1", errArgs, n)
	}
	for _, p := range c.pins() {
		if p == nil {
			return fmt.Errorf("%w: no pin", errArgs)
		}
	}
	return nil
}

// pins are the secrets of the requests that are set, nil where one is missing.
func (c *requestCall) pins() (pins []*card.PIN) {
	if r := c.SubmitPIN; r != nil {
		pins = append(pins, r.PIN.pin)
	}
	if r := c.ChangePIN; r != nil {
		pins = append(pins, r.Old.pin, r.New.pin)
	}
	if r := c.Unblock; r != nil {
		pins = append(pins, r.PUK.pin, r.New.pin)
	}
	return pins
}

func (c *requestCall) wipe() {
	for _, p := range c.pins() {
		p.Wipe()
	}
}

// requests are those that are set.
func (c *requestCall) requests() []agent.Request {
	var rs []agent.Request
	add := func(set bool, r func() agent.Request) {
		if set {
			rs = append(rs, r())
		}
	}
	add(c.SubmitPIN != nil, func() agent.Request { return agent.SubmitPIN{Gen: c.SubmitPIN.Gen, PIN: c.SubmitPIN.PIN.pin} })
	add(c.ChangePIN != nil, func() agent.Request {
		return agent.ChangePIN{Gen: c.ChangePIN.Gen, Old: c.ChangePIN.Old.pin, New: c.ChangePIN.New.pin}
	})
	add(c.Unblock != nil, func() agent.Request {
		return agent.Unblock{Gen: c.Unblock.Gen, PUK: c.Unblock.PUK.pin, New: c.Unblock.New.pin}
	})
	add(c.CancelPIN != nil, func() agent.Request { return agent.CancelPIN{Gen: c.CancelPIN.Gen} })
	add(c.StartKeypad != nil, func() agent.Request { return agent.StartKeypad{Gen: c.StartKeypad.Gen} })
	add(c.Shown != nil, func() agent.Request { return agent.Shown{Gen: c.Shown.Gen} })
	add(c.ChooseRole != nil, func() agent.Request { return agent.ChooseRole{ID: c.ChooseRole.ID, Mode: c.ChooseRole.Mode} })
	add(c.EndPlace != nil, func() agent.Request { return agent.EndPlace{ID: c.EndPlace.ID} })
	add(c.AskPIN != nil, func() agent.Request { return agent.AskPIN{} })
	add(c.TryNow != nil, func() agent.Request { return agent.TryNow{} })
	add(c.SignOnAgain != nil, func() agent.Request { return agent.SignOnAgain{} })
	add(c.DesktopUnlocked != nil, func() agent.Request { return agent.DesktopUnlocked{} })
	add(c.Lock != nil, func() agent.Request { return agent.Lock{} })
	add(c.LookForPlaces != nil, func() agent.Request { return agent.LookForPlaces{} })
	return rs
}

func (c *requestCall) run(ctx context.Context, s *Server, _ exchange) (any, error) {
	rs := c.requests()
	if len(rs) != 1 {
		return nil, unreadable(errArgs.Error() + ": no request of a person")
	}
	for _, p := range c.pins() {
		if err := p.Check(); err != nil {
			c.wipe()
			return nil, err
		}
	}
	err := s.Agent.Do(ctx, rs[0]) // takes the PINs over
	if errors.Is(err, agent.ErrPhase) {
		c.wipe()
	}
	return struct{}{}, err
}
