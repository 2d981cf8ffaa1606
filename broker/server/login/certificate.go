package login

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"lanyard/broker/failure"
	"lanyard/broker/server/exchange"
	"lanyard/broker/wire/answer"
	"lanyard/card"
	"lanyard/card/trust"
)

// checkCertificate checks whose certificate signed and whether it holds.
func (h *Handler) checkCertificate(ctx context.Context, a *answer.Answer, now time.Time) error {
	report, err := h.Trust.Verify(ctx, a.Signer, a.Helpers, now, card.Authentication)
	if err != nil {
		return exchange.Refuse(certificateCode(err), err)
	}
	if len(report.Weak) > 0 {
		h.Log.LogAttrs(ctx, slog.LevelDebug, "policy lets weak algorithms pass",
			slog.String("serial", a.Signer.SerialNumber.String()), slog.String("weak", strings.Join(report.Weak, "; ")))
	}
	return nil
}

// certificateCode tells the ways apart in which a certificate does not hold.
func certificateCode(err error) failure.Code {
	switch {
	case errors.Is(err, trust.ErrWeak):
		return failure.SigDigest
	case errors.Is(err, trust.ErrUntrusted):
		return failure.CertUntrusted
	case errors.Is(err, trust.ErrDates):
		return failure.CertDates
	case errors.Is(err, trust.ErrUsage):
		return failure.CertUsage
	case errors.Is(err, trust.ErrRevoked):
		return failure.CertRevoked
	case errors.Is(err, trust.ErrRevocationUnknown):
		return failure.RevocationUnknown
	default:
		return failure.Internal
	}
}
