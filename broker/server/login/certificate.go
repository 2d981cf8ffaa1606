package login

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"slices"
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
	weak := report.Weak
	if a.Digest == crypto.SHA1 {
		weak = append(slices.Clip(weak), "the answer is signed over SHA-1")
	}
	if len(weak) > 0 {
		h.Log.LogAttrs(ctx, slog.LevelWarn, "policy lets weak algorithms pass",
			slog.String("serial", a.Signer.SerialNumber.String()), slog.String("weak", strings.Join(weak, "; ")))
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
