package desk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/agent/times"
	"lanyard/broker/client"
	"lanyard/broker/doctor"
	"lanyard/broker/settings"
	"lanyard/card"
	"lanyard/card/pcsc"
	"lanyard/card/piv"
	"lanyard/card/pkcs11"
)

// Check tells whether an agent would take the settings: what their file cannot
// know by itself, such as whether the anchors are there.
func Check(s settings.Settings) error {
	p, err := profileOf(s)
	return errors.Join(err, p.Check())
}

// lookFor is how long a look at the readers lasts: the service tells what is
// there at once.
const lookFor = 700 * time.Millisecond

// Look asks the reader service what is plugged in and inserted; no card is
// touched. The error is [card.ErrNoService] or [card.ErrAccess] where it does
// not answer.
func Look(ctx context.Context, log *slog.Logger) (doctor.Seen, error) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	var seen doctor.Seen
	down := error(card.ErrNoService)
	err := pcsc.NewWatcher(log, new(card.Generations)).Watch(ctx, func(e card.Event) {
		switch e.Kind {
		case card.ServiceUp:
			down = nil
		case card.ServiceDown:
			down = e.Err
			cancel()
		case card.ReaderAdded:
			seen.Readers = append(seen.Readers, e.Reader)
		case card.Inserted, card.Mute:
			seen.Cards = append(seen.Cards, e)
		}
	})
	if ctx.Err() == nil {
		return doctor.Seen{}, err
	}
	return seen, down
}

// Doctor is what an examination of this machine looks at. The settings are
// read by set; the socket is the agent's.
func Doctor(set func() (settings.Settings, error), socket string, passwords Passwords, log *slog.Logger) (doctor.Config, error) {
	keys, err := DeviceKeys()
	if err != nil {
		return doctor.Config{}, err
	}
	return doctor.Config{
		Settings: func() (settings.Settings, error) {
			s, err := set()
			if err == nil {
				err = Check(s)
			}
			return s, err
		},
		Profile: func(s settings.Settings) (client.Profile, error) { return withPassword(s, passwords) },
		Socket:  socket, Device: keys, Module: firstModule,
		Measured: measured,
		Cards:    func(ctx context.Context) (doctor.Seen, error) { return Look(ctx, log) },
		Until:    func(ctx context.Context, e card.Event) (time.Time, error) { return until(ctx, e, log) },
	}, nil
}

// firstModule finds the module that would be used.
func firstModule(setting string) (string, error) {
	found, err := pkcs11.Find(setting)
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// until reads when the certificate that a card signs on with ends. Of a card
// that needs a module it tells nothing: starting that is no look.
func until(ctx context.Context, e card.Event, log *slog.Logger) (end time.Time, err error) {
	token, err := piv.NewOpener(piv.ConnectFunc(Connect), piv.Options{KeepPINState: true, Log: log}).Open(ctx, e)
	if errors.Is(err, card.ErrUnsupported) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	defer func() { err = errors.Join(err, token.Close()) }()
	keys, err := token.Keys(ctx)
	for _, k := range keys {
		if k.Purpose == card.Authentication && k.Cert != nil {
			return k.Cert.NotAfter, nil
		}
	}
	return time.Time{}, err
}

// measured are the waiting times as the diagnostics show them: half and 95 of
// 100 within.
func measured() (map[string]string, error) {
	path, err := TimesPath()
	if err != nil {
		return nil, err
	}
	f, err := times.Load(path)
	if err != nil {
		return nil, err
	}
	name := map[agent.Measure]string{agent.CardToQuestion: "question", agent.PINToTicket: "ticket", agent.ChangeOfUser: "change"}
	all, any := make(map[string]string), false
	for _, h := range f.Histograms() {
		all[name[h.Measure]] = "-"
		if h.Count() > 0 {
			all[name[h.Measure]], any = within(h, 0.5)+" / "+within(h, 0.95), true
		}
	}
	if !any {
		return nil, nil
	}
	return all, nil
}

func within(h times.Histogram, share float64) string {
	if bound, ok := h.Within(share); ok {
		return bound.String()
	}
	bounds := times.Bounds()
	return "> " + bounds[len(bounds)-1].String()
}
