package desk

import (
	"context"
	"errors"
	"maps"

	"lanyard/broker/doctor"
	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// errStage is that a stage does nothing.
var errStage = errors.New("a stage does not act")

// stageDoctor has always found the same.
type stageDoctor struct{ well bool }

// Examine implements [ui.Doctor].
func (d stageDoctor) Examine(_ context.Context, tell func(doctor.Row)) doctor.Report {
	r := doctor.Report{At: noon()}
	row := func(id doctor.ID, v doctor.Verdict, say doctor.Say, values map[string]string) {
		r.Rows = append(r.Rows, doctor.Row{ID: id, Verdict: v, Say: say, Values: values})
	}
	row(doctor.Service, doctor.Good, doctor.ServiceRuns, nil)
	row(doctor.Readers, doctor.Good, doctor.ReadersFound, map[string]string{"readers": "Alcor Link AK9563 00 00"})
	row(doctor.Card, doctor.Good, doctor.CardIn, map[string]string{"atr": "3B 80 80 01 01"})
	row(doctor.Certificates, doctor.Good, doctor.CertsUntil, map[string]string{"date": "24 January 2028"})
	row(doctor.Module, doctor.Good, doctor.ModuleFound, map[string]string{"path": "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"})
	if d.well {
		row(doctor.Clock, doctor.Good, doctor.ClockRight, nil)
	} else {
		r.Rows = append(r.Rows, slowClock())
	}
	row(doctor.Network, doctor.Good, doctor.NetAnswers, map[string]string{"ms": "11"})
	row(doctor.Proxy, doctor.None, doctor.ProxyNone, nil)
	row(doctor.Certificate, doctor.Good, doctor.CertGood, map[string]string{"date": "2 March 2027"})
	row(doctor.Server, doctor.Good, doctor.ServerAnswers, map[string]string{"ms": "24"})
	row(doctor.Directory, doctor.Good, doctor.DirWorks, nil)
	row(doctor.LocalAPI, doctor.Good, doctor.APIAnswers, map[string]string{"ms": "1"})
	row(doctor.Tray, doctor.Good, doctor.TrayThere, nil)
	row(doctor.Notifications, doctor.Good, doctor.NotesThere, nil)
	row(doctor.Keyring, doctor.Good, doctor.RingWorks, nil)
	row(doctor.Settings, doctor.Good, doctor.SettingsGood, map[string]string{"environment": "training"})
	row(doctor.DeviceKey, doctor.None, doctor.KeyNone, nil)
	row(doctor.Times, doctor.None, doctor.TimesNone, nil)
	for _, found := range r.Rows {
		tell(found)
	}
	return r
}

// slowClock is the one thing that needs attention.
func slowClock() doctor.Row {
	return doctor.Row{ID: doctor.Clock, Verdict: doctor.Trouble, Say: doctor.ClockSlow, N: 3, Fix: doctor.Fix{Kind: doctor.CopyCommand, Command: "timedatectl set-ntp true"}}
}

// Text implements [ui.Doctor].
func (stageDoctor) Text(words.Book, doctor.Report) string { return "" }

// Save implements [ui.Doctor].
func (stageDoctor) Save(context.Context, words.Book, doctor.Report, bool) (string, error) {
	return "", errStage
}

// Unlock implements [ui.Doctor].
func (stageDoctor) Unlock(context.Context) error { return errStage }

// stageSettings are a site's that manages what happens when the card comes out.
type stageSettings struct{ proxy bool }

// Read implements [ui.Settings].
func (d stageSettings) Read(context.Context, bool) view.Setup {
	s := settings.Defaults()
	s.Environment = "training"
	s.Profiles = map[string]settings.Profile{
		"training": {Server: "https://signon.training.example", Colour: "#7B1E6A"},
		"live":     {Server: "https://signon.example", Live: true},
	}
	started := s
	started.Profiles = maps.Clone(s.Profiles)
	setup := view.Setup{
		Loaded: settings.Loaded{Settings: s, Sources: map[string]settings.Source{"mode": settings.Machine}}, Started: started,
		Readers: []string{"Alcor Link AK9563 00 00"}, Modules: []string{"/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"}, Autostart: true, Idle: true,
	}
	if d.proxy {
		setup.Account, setup.Password = &settings.ProxyAccount{User: "desk", Host: "proxy.moorvale.example:3128"}, secret.None
	}
	return setup
}

// Keep implements [ui.Settings].
func (stageSettings) Keep(context.Context, string, any) error { return errStage }

// KeepPassword implements [ui.Settings].
func (stageSettings) KeepPassword(context.Context, []byte) error { return errStage }

// ForgetPassword implements [ui.Settings].
func (stageSettings) ForgetPassword(context.Context) error { return errStage }

// UnlockKeyring implements [ui.Settings].
func (stageSettings) UnlockKeyring(context.Context) error { return errStage }

// StartAgain implements [ui.Settings].
func (stageSettings) StartAgain() {}

// stageDrawer is the practice's with a card in and the network slow.
type stageDrawer struct{}

// Stands implements [ui.Drawer].
func (stageDrawer) Stands() view.Practice {
	return view.Practice{
		Cards: []view.PracticeCard{
			{Name: "demo", Label: "Grace Okafor", Roles: 3},
			{Name: "gp", Label: "Anwen Prŷs", Roles: 1},
			{Name: "consultant", Label: "Bartholomew Quick", Roles: 500},
			{Name: "soon", Label: "Ffion Gruffudd", Kind: view.RunsOut, Ends: noon().AddDate(0, 0, 7)},
			{Name: "expired", Label: "Siân Llywelyn-Rhys", Kind: view.RanOut, Ends: noon().AddDate(0, -2, 0)},
			{Name: "last", Label: "Łukasz Źrebiec", Kind: view.LastTry},
			{Name: "locked", Label: "Tomasz Wójcik", Kind: view.LockedCard},
			{Name: "none", Label: "Niamh Ní Dhónaill", Kind: view.NoRoles},
			{Name: "closed", Label: "Carol Ashdown", Kind: view.ClosedUser},
			{Name: "unknown", Label: "A. N. Other", Kind: view.UnknownUser},
		},
		In: "gp", On: []view.PracticeFault{view.SlowNetwork}, Passcode: "48151623", PUK: "42108642",
	}
}

// Insert implements [ui.Drawer].
func (stageDrawer) Insert(context.Context, string) error { return errStage }

// Remove implements [ui.Drawer].
func (stageDrawer) Remove(context.Context) error { return errStage }

// SetFault implements [ui.Drawer].
func (stageDrawer) SetFault(context.Context, view.PracticeFault, bool) error { return errStage }

// Changes implements [ui.Drawer].
func (stageDrawer) Changes() <-chan struct{} { return nil }
