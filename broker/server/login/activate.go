package login

import (
	"context"

	"lanyard/broker/server/exchange"
	"lanyard/broker/wire/gpobject"
)

// activate hands out a challenge. It stores nothing.
func (h *Handler) activate(_ context.Context, r *exchange.Request) (*exchange.Answer, error) {
	f, err := readForm(r.Body, activation)
	if err != nil {
		return nil, err
	}
	challenge, seal := h.Challenges.Make(h.Now())
	o := &gpobject.Object{Params: make([]gpobject.Param, 0, 16)}
	o.Set("gas_version", gasVersion).
		Set("signature", seal).
		Set("server_ip", r.Caller).
		Set("ssp_url", "").
		Set("app_url", f.zone()).
		Set("log_session_id", f.get("log_session_id")).
		Set("service", activation).
		Set("error_url", h.Base+errorPath).
		Set("ticket", "").
		Set("auth_method", authMethod).
		Set("reply_url", h.Base+validatePath).
		Set("challenge", challenge).
		Set("download_gac_url", "").
		Set("latest_gac_version", gacVersion).
		Set("signature_digests", h.Policy.digests())
	return h.answer(o), nil
}

// zone is the realm a client names, echoed in every answer.
func (f form) zone() string {
	if z := f.get("app_url"); z != "" {
		return z
	}
	return defaultZone
}
