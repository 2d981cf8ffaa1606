package doctor

import (
	"context"

	"lanyard/broker/failure"
	"lanyard/card/virtual"
)

// files looks at what lies on this machine: settings, module, device key, and
// the times that were measured.
func (e *examination) files(ctx context.Context) {
	e.say(ctx, e.settings(), e.module(), e.device(), e.times())
}

func (e *examination) settings() Row {
	if e.faults != nil {
		return trouble(Settings, failure.ConfigInvalid, Fix{Kind: OpenSettings}, Detail, e.faults.Error())
	}
	return good(Settings, SettingsGood, "environment", e.set.Environment, "mode", e.set.Mode)
}

func (e *examination) module() Row {
	if e.drawer() {
		return none(Module, NotNeeded)
	}
	path, err := e.c.Module(e.set.Card.Module)
	switch {
	case err == nil:
		return good(Module, ModuleFound, "path", path)
	case e.set.Card.Module != "":
		return trouble(Module, failure.ModuleMissing, Fix{Kind: OpenSettings}, Detail, err.Error())
	default:
		return none(Module, ModuleNone, Detail, err.Error()) // cards of the current series need none
	}
}

func (e *examination) device() Row {
	place, why, err := e.c.Device.Where()
	switch {
	case err != nil:
		return trouble(DeviceKey, failure.VCardDevice, Fix{}, Detail, err.Error())
	case place == virtual.InFile:
		return Row{ID: DeviceKey, Verdict: Look, Say: KeyInFile, Values: values(Detail, why)}
	case place == virtual.InKeyring:
		return good(DeviceKey, KeyInRing)
	default:
		return none(DeviceKey, KeyNone)
	}
}

func (e *examination) times() Row {
	if e.c.Measured == nil {
		return none(Times, TimesNone)
	}
	m, err := e.c.Measured()
	if err != nil {
		return none(Times, TimesNone, Detail, err.Error())
	}
	if len(m) == 0 {
		return none(Times, TimesNone)
	}
	return Row{ID: Times, Verdict: Good, Say: TimesKept, Values: m}
}
