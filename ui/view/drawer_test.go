package view_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lanyard/ui/view"
	"lanyard/ui/words"
)

func practice() view.Practice {
	ends := time.Date(2026, 12, 14, 12, 0, 0, 0, time.Local)
	return view.Practice{
		Passcode: "482915", PUK: "20481734", In: "demo",
		Cards: []view.PracticeCard{
			{Name: "demo", Label: "Grace Okafor", Roles: 3},
			{Name: "gp", Label: "Anwen Prŷs", Roles: 1},
			{Name: "soon", Label: "Priya Venkataraman", Kind: view.RunsOut, Ends: ends},
			{Name: "expired", Label: "Siân Llywelyn-Rhys", Kind: view.RanOut, Ends: ends},
			{Name: "last", Label: "Ffion Gruffudd", Kind: view.LastTry},
			{Name: "locked", Label: "Tomasz Wójcik", Kind: view.LockedCard},
			{Name: "none", Label: "Niamh Ní Dhónaill", Kind: view.NoRoles},
			{Name: "closed", Label: "Carol Ashdown", Kind: view.ClosedUser},
			{Name: "unknown", Label: "A. N. Other", Kind: view.UnknownUser},
		},
	}
}

func environment() view.Environment {
	return view.Environment{Name: "PRACTICE", Note: "nothing here is real"}
}

func TestDrawerCards(t *testing.T) {
	var lines []string
	for _, c := range view.DrawerOf(words.Book{}, practice(), environment(), false).Cards {
		picture := "grey"
		if c.Usable {
			picture = "green"
		}
		lines = append(lines, strings.Join([]string{picture, c.About, c.Button, c.Next}, "; "))
	}
	want := []string{
		"green; 3 roles; Take out; ", "green; 1 role; Put in; gp", "green; until 14 December 2026; Put in; soon",
		"grey; ended on 14 December 2026; Put in; expired", "green; one try left; Put in; last",
		"grey; locked: the PUK unlocks it; Put in; locked", "grey; no roles; Put in; none",
		"grey; account closed; Put in; closed", "grey; unknown to the server; Put in; unknown",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got  %q\nwant %q", lines, want)
	}
}

// TestDrawerSays holds that no two controls say the same to who cannot see
// beside whom they stand.
func TestDrawerSays(t *testing.T) {
	for _, l := range []words.Language{words.English, words.Welsh} {
		p := practice()
		p.On = []view.PracticeFault{view.ServerAway}
		d := view.DrawerOf(words.In(l), p, environment(), false)
		said := map[string]bool{}
		for _, c := range d.Cards {
			said[c.Says] = true
		}
		for _, s := range d.Switches {
			said[s.Says] = true
		}
		if len(said) != len(d.Cards)+len(d.Switches) || !strings.Contains(d.Secrets, "482915") || !strings.Contains(d.Secrets, "20481734") {
			t.Errorf("%s: %d of %d differ; %s", l, len(said), len(d.Cards)+len(d.Switches), d.Secrets)
		}
	}
}

func TestDrawerTellsOfTrouble(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *view.Practice)
		undone bool
		env    string
		note   string
	}{
		{"nothing", func(*view.Practice) {}, false, "nothing here is real", ""},
		{"one", func(p *view.Practice) { p.On = []view.PracticeFault{view.ServerAway} }, false, "switched on: Server away", ""},
		{"two", func(p *view.Practice) { p.On = []view.PracticeFault{view.SlowNetwork, view.ServerAway} }, false, "2 troubles are switched on", ""},
		{"all", func(p *view.Practice) {
			p.On = []view.PracticeFault{view.SlowNetwork, view.ServerAway, view.ReaderUnplugged, view.PullInTheMiddle}
		}, false, "4 troubles are switched on", ""},
		{"pulled", func(p *view.Practice) { p.Pulled, p.In = true, "" }, false, "nothing here is real", "The card was pulled while it signed"},
		{"not done", func(p *view.Practice) { p.Pulled = true }, true, "nothing here is real", "The drawer stands as before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := practice()
			c.change(&p)
			d := view.DrawerOf(words.Book{}, p, environment(), c.undone)
			note := ""
			if d.Note != nil {
				note = d.Note.Title
			}
			if d.Env.Note != c.env || d.Env.Name != "PRACTICE" || note != c.note {
				t.Errorf("the head says %q, the note %q", d.Env.Note, note)
			}
			for _, s := range d.Switches {
				if on := slices.Contains(p.On, s.Fault); s.On != on || strings.HasSuffix(s.Says, ": on") != on {
					t.Errorf("%s is %v: %s", s.Text, s.On, s.Says)
				}
			}
			for _, k := range d.Cards {
				if k.Off != slices.Contains(p.On, view.ReaderUnplugged) {
					t.Errorf("%s can be put in: %v", k.Label, !k.Off)
				}
			}
		})
	}
}
