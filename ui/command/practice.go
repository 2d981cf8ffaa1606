package command

import (
	"context"
	"slices"

	"lanyard/broker/demo"
	"lanyard/ui/view"
)

// practice gives the demo's drawer to the window.
type practice struct{ *demo.Practice }

// Stands is the drawer as the window wants it.
func (p practice) Stands() view.Practice {
	kinds := map[demo.Kind]view.PracticeKind{
		demo.Works: view.Works, demo.RunsOut: view.RunsOut, demo.RanOut: view.RanOut, demo.LastTry: view.LastTry,
		demo.LockedCard: view.LockedCard, demo.NoRoles: view.NoRoles, demo.UnknownUser: view.UnknownUser, demo.ClosedUser: view.ClosedUser,
	}
	v := view.Practice{In: p.Inserted(), Pulled: p.Pulled(), Passcode: p.Passcode(), PUK: p.PUK()}
	for _, c := range p.Cards() {
		v.Cards = append(v.Cards, view.PracticeCard{Name: c.Name, Label: c.Label, Roles: c.Roles, Kind: kinds[c.Kind], Ends: c.Ends})
	}
	on := p.Faults()
	for shown, f := range faults() {
		if slices.Contains(on, f) {
			v.On = append(v.On, shown)
		}
	}
	slices.Sort(v.On)
	return v
}

// SetFault makes trouble or ends it.
func (p practice) SetFault(ctx context.Context, f view.PracticeFault, on bool) error {
	return p.Practice.SetFault(ctx, faults()[f], on)
}

// faults are the window's switches as the demo knows them.
func faults() map[view.PracticeFault]demo.Fault {
	return map[view.PracticeFault]demo.Fault{
		view.SlowNetwork: demo.SlowNetwork, view.ServerAway: demo.ServerAway,
		view.ReaderUnplugged: demo.ReaderUnplugged, view.PullInTheMiddle: demo.PullInTheMiddle,
	}
}
