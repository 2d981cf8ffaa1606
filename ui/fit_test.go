package ui

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/doctor"
	"lanyard/broker/failure"
	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/card"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// The longest that is met: a name and an organisation of 90 characters, a host
// of 60.
const (
	longName = "Professor Dr Aurelia Wilhelmina Featherstonehaugh-Cholmondeley-Llewelyn ap Gruffydd Vaughan"
	longOrg  = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch Community Hospital and Day Surgery"
	longHost = "identity-agent-gateway.cardiff-and-vale.integration.nhs.example"
)

// scene is a window in one of its states.
type scene struct {
	name string
	draw func(h *hand) *frame
}

// long is a desk whose data is as long as can be.
func long(phase agent.Phase, change ...func(*agent.Snapshot)) agent.Snapshot {
	at := time.Date(2026, 11, 24, 8, 2, 0, 0, time.Local)
	return in(phase, 2, append([]func(*agent.Snapshot){roles(3), func(s *agent.Snapshot) {
		s.UserName, s.Card.Label, s.Card.Virtual = longName, longName, true
		for i := range s.Roles {
			s.Roles[i].Name = fmt.Sprintf(`"A":"B":"Systems Support and Health Professional Access Role %d"`, i)
			s.Roles[i].OrgName, s.Roles[i].LastUsed = longOrg, at.AddDate(0, 0, -i)
		}
		if phase == agent.SignedOn || phase == agent.Offline || phase == agent.Renewing || phase == agent.Locked {
			s.Role, s.Since, s.Until = &s.Roles[0], at, at.Add(10*time.Hour)
		}
	}}, change...)...)
}

// nobody has no session.
func nobody(s *agent.Snapshot) { s.UID, s.UserName, s.Roles, s.Role = "", "", nil, nil }

// asks draws what the prompt says of a snapshot.
func asks(name string, s agent.Snapshot, then ...func(h *hand)) scene {
	return scene{name, func(h *hand) *frame {
		h.s.show(s)
		for _, f := range then {
			f(h)
		}
		return h.s.prompt.frame
	}}
}

// tells draws what the desk's own window says of a snapshot.
func tells(name string, s agent.Snapshot, then ...func(h *hand)) scene {
	return scene{name, func(h *hand) *frame {
		for _, f := range then {
			f(h)
		}
		h.s.show(s)
		h.s.desk.open()
		return h.s.desk.frame
	}}
}

func passcodeScenes() []scene {
	problem := func(c failure.Code) func(*agent.Snapshot) {
		return func(s *agent.Snapshot) { s.Problem = &agent.Problem{Code: c, Retries: -1, Ref: "7f3a-99c0-4417"} }
	}
	caps := func(h *hand) { h.typing("QX") }
	return []scene{
		asks("passcode: reading", in(agent.Reading, 2)),
		asks("passcode: long environment", long(agent.NeedPIN, nobody, func(s *agent.Snapshot) { s.Environment.Name = longHost })),
		asks("passcode: reading, keys on the reader", in(agent.Reading, 2, keys)),
		asks("passcode: ready", long(agent.NeedPIN, nobody)),
		asks("passcode: letters", long(agent.NeedPIN, nobody), caps),
		asks("passcode: wrong", long(agent.NeedPIN, nobody, tries(2, failure.PINWrong))),
		asks("passcode: wrong, letters", long(agent.NeedPIN, nobody, tries(2, failure.PINWrong)), caps),
		asks("passcode: two left", long(agent.NeedPIN, nobody, tries(2, ""))),
		asks("passcode: last", long(agent.NeedPIN, nobody, tries(1, failure.PINLast))),
		asks("passcode: last, not wrong here", long(agent.NeedPIN, nobody, tries(1, ""))),
		asks("passcode: too short", long(agent.NeedPIN, nobody, tries(3, failure.PINFormat))),
		asks("passcode: busy", long(agent.SigningOn, nobody)),
		asks("passcode: keypad", long(agent.NeedPIN, nobody, keys, func(s *agent.Snapshot) {
			s.Keypad = &agent.KeypadView{Until: time.Date(2026, 11, 24, 8, 0, 28, 0, time.Local)}
		})),
		asks("passcode: keypad, last", long(agent.NeedPIN, nobody, keys, tries(1, failure.PINLast))),
		asks("passcode: kept session", long(agent.NeedPIN, func(s *agent.Snapshot) { s.Role = &s.Roles[0] })),
		asks("passcode: renewing", long(agent.Renewing, func(s *agent.Snapshot) { s.PINWanted = true })),
		asks("passcode: server away", long(agent.NeedPIN, nobody, problem(failure.ServerDown))),
		asks("passcode: network away", long(agent.NeedPIN, nobody, problem(failure.NetDown))),
		asks("passcode: unlocked", long(agent.NeedPIN, nobody, func(s *agent.Snapshot) { s.Care.Done = agent.CardUnblock })),
	}
}

func roleScenes() []scene {
	on := long(agent.SignedOn)
	many := func(n int) agent.Snapshot {
		return long(agent.ChoosingRole, func(s *agent.Snapshot) {
			few := s.Roles
			s.Roles = nil
			for i := range n {
				r := few[i%len(few)]
				r.ID = broker.RoleProfileID(fmt.Sprint(i))
				s.Roles = append(s.Roles, r)
			}
		})
	}
	return []scene{
		asks("roles: one", many(1)),
		asks("roles: three", many(3)),
		asks("roles: 500", many(500)),
		asks("roles: some of 500", many(500), func(h *hand) { h.typing("llanfair role 1") }),
		asks("roles: no match", many(500), func(h *hand) { h.typing(longHost) }),
		asks("roles: none", long(agent.NoCard, nobody, tries(3, failure.UserNoRole))),
		asks("roles: live", long(agent.ChoosingRole, func(s *agent.Snapshot) { s.Environment = agent.Environment{Name: "live", Live: true} })),
		asks("roles: change", on, func(h *hand) { h.s.act(view.ChangeRole) }),
	}
}

// troubleScenes are every failure there is, with and without the way to unblock,
// and with who to ring.
func troubleScenes() []scene {
	var all []scene
	for _, e := range failure.All() {
		s := long(agent.NoCard, nobody, tries(3, e.Code), func(s *agent.Snapshot) { s.Problem.Ref = "7f3a-99c0-4417" })
		if w, _ := view.WindowOf(s); w != view.TroubleWindow {
			continue
		}
		all = append(all, asks("trouble: "+string(e.Code), s))
	}
	locked := long(agent.NoCard, nobody, tries(0, failure.PINLocked))
	unblock := long(agent.NoCard, nobody, tries(0, failure.PINLocked), func(s *agent.Snapshot) { s.Care.CanUnblock = true })
	return append(all,
		asks("trouble: locked, with a PUK", unblock),
		asks("trouble: locked, who to ring", locked, func(h *hand) { h.s.prompt.ring() }),
		asks("trouble: unknown, who to ring", long(agent.NoCard, nobody, tries(3, failure.CardNoUser)), func(h *hand) { h.s.prompt.ring() }),
	)
}

func sessionScenes() []scene {
	at := time.Date(2026, 11, 24, 7, 40, 0, 0, time.Local)
	busy := func(s *agent.Snapshot) {
		for range 12 {
			s.Grants = append(s.Grants, agent.Grant{Application: longOrg, At: at})
		}
		s.Places = agent.PlacesView{At: at}
		for i := range 9 {
			s.Places.Others = append(s.Places.Others, broker.Place{ID: fmt.Sprint(i), Device: longHost, Client: longOrg, Created: at.AddDate(0, 0, -i)})
		}
		s.Owed = 3
	}
	away := func(c failure.Code, link func(*agent.Links)) agent.Snapshot {
		return long(agent.Offline, busy, func(s *agent.Snapshot) {
			s.NextTry, s.Problem = at.Add(time.Hour), &agent.Problem{Code: c}
			link(&s.Links)
		})
	}
	trayless := func(h *hand) { h.s.hosted, h.s.probed = false, true }
	silent := func(h *hand) { h.s.notices.probed, h.s.notices.can = true, false }
	said := func(h *hand) { h.s.notices.left = &view.Notice{Title: longName, Sentence: longOrg} }
	all := []scene{
		tells("session: looking", agent.Snapshot{Looking: true}),
		tells("session: no reader service", agent.Snapshot{Phase: agent.NoReader, Problem: &agent.Problem{Code: failure.ReaderService}}),
		tells("session: unlock first", long(agent.NoCard, nobody, func(s *agent.Snapshot) { s.Unlock = true })),
		tells("session: card in, nobody on", long(agent.NoCard, nobody, tries(3, failure.UserAbort))),
		tells("session: at work", long(agent.SignedOn, busy)),
		tells("session: no tray", long(agent.SignedOn, busy), trayless),
		tells("session: no tray, no notifications", long(agent.SignedOn, busy), trayless, silent, said),
		tells("session: no notifications", long(agent.SignedOn, busy), silent, said),
		tells("session: network away", away(failure.NetDown, func(l *agent.Links) { l.Network = agent.LinkBroken })),
		tells("session: server away", away(failure.ServerDown, func(l *agent.Links) { l.Server = agent.LinkBroken })),
		tells("session: directory away", away(failure.ServerDown, func(l *agent.Links) { l.Directory = agent.LinkBroken })),
		tells("session: the server tells no places", long(agent.SignedOn, func(s *agent.Snapshot) { s.Places.Problem = &agent.Problem{Code: failure.ServerDown} })),
		tells("session: the card ends", long(agent.SignedOn, busy, func(s *agent.Snapshot) { s.Card.Expires = at.AddDate(0, 0, 5) })),
	}
	for _, m := range []agent.Mode{agent.EnhancedNormal, agent.LockPersistence, agent.Mobility} {
		all = append(all, tells(fmt.Sprintf("session: mode %v", m), long(agent.SignedOn, func(s *agent.Snapshot) { s.Mode = m })))
	}
	for p := agent.NoReader; p <= agent.Locked; p++ {
		all = append(all, tells(fmt.Sprintf("session: %v", p), long(p)), tells(fmt.Sprintf("session: %v, bare", p), agent.Snapshot{Phase: p}))
	}
	return all
}

func careScenes() []scene {
	named := func(change ...func(*agent.Snapshot)) agent.Snapshot {
		return cared(1, append([]func(*agent.Snapshot){func(s *agent.Snapshot) {
			s.Card.Label, s.UserName = longName, longName
			for i := range s.Card.Certs {
				s.Card.Certs[i].Holder, s.Card.Certs[i].Issuer = longName, longOrg
				s.Card.Certs[i].Serial, s.Card.Certs[i].Key = strings.Repeat("9f", 20), "RSA 2048"
			}
		}}, change...)...)
	}
	shots := []struct {
		name string
		s    agent.Snapshot
	}{
		{"card", named()},
		{"locked", named(stuck)},
		{"no card", agent.Snapshot{Phase: agent.NoCard}},
		{"reading", in(agent.Reading, 1)},
		{"busy", named(care(func(k *agent.Care) { k.Busy = agent.PINChange }))},
		{"keys on the reader", named(keys, care(func(k *agent.Care) { *k = agent.Care{} }))},
		{"changed", named(care(func(k *agent.Care) { k.Done = agent.PINChange }))},
		{"refused", named(care(func(k *agent.Care) {
			k.Refused, k.Problem = agent.CardUnblock, &agent.Problem{Code: failure.PUKWrong, Retries: 2}
		}))},
		{"mute", named(care(func(k *agent.Care) {
			k.Refused, k.Problem = agent.PINChange, &agent.Problem{Code: failure.CardMute, Retries: -1}
		}))},
	}
	asked := []view.CareAsk{
		{},
		{Details: true},
		{Form: agent.PINChange, Tried: agent.PINChange},
		{Form: agent.CardUnblock, Tried: agent.CardUnblock},
		{Form: agent.CardUnblock, Left: true},
		{Form: agent.PINChange, Slip: view.Slip{Field: 1, Why: words.CareSlipAgain}},
		{Form: agent.PINChange, Slip: view.Slip{Field: 3, Why: words.CareSlipAgain}},
		{Form: agent.PINChange, Waits: true},
		{Tried: agent.PINChange},
	}
	var all []scene
	for _, s := range shots {
		for i, a := range asked {
			if a.Form != agent.NoCare && !s.s.Care.CanChange && !s.s.Care.CanUnblock {
				continue
			}
			all = append(all, scene{fmt.Sprintf("card: %s, %d", s.name, i), func(h *hand) *frame {
				h.s.show(s.s)
				h.s.act(view.ShowCare)
				h.s.care.ask = a
				h.s.care.show(s.s)
				return h.s.care.frame
			}})
		}
	}
	return all
}

// settled opens the window of settings.
func settled(h *hand, change func(*view.Setup)) *frame {
	setup := newShelf().setup
	setup.Loaded.Environment, setup.Started.Environment = "live", "live"
	change(&setup)
	w := h.s.settings
	w.setup = &setup
	w.open()
	w.take()
	return w.frame
}

func settingsScenes() []scene {
	full := func(s *view.Setup) {
		s.Account = &settings.ProxyAccount{User: "aurelia.featherstonehaugh", Host: longHost + ":3128"}
		s.Loaded.Profiles[longHost] = settings.Profile{}
		s.Loaded.Environment = longHost
		s.Readers = []string{longOrg}
		s.Loaded.Card.Reader = longName
		s.Modules = []string{"/usr/lib/" + longHost + "/" + longHost + ".so"}
		s.Loaded.Card.Module = s.Modules[0]
	}
	all := []scene{
		{"settings: as they come", func(h *hand) *frame { return settled(h, func(*view.Setup) {}) }},
		{"settings: practice", func(h *hand) *frame { return settled(h, func(s *view.Setup) { s.Practice = true }) }},
		{"settings: managed", func(h *hand) *frame {
			return settled(h, func(s *view.Setup) {
				full(s)
				for _, k := range []string{settings.KeyLanguage, settings.KeyText, settings.KeyColours, settings.KeyMode, settings.KeyAutostart, settings.KeyEnvironment, settings.KeyReader, settings.KeyModule} {
					s.Loaded.Sources[k] = settings.Policy
				}
			})
		}},
		{"settings: broken", func(h *hand) *frame { return settled(h, func(s *view.Setup) { s.Broken = longOrg }) }},
		{"settings: not kept", func(h *hand) *frame {
			return settled(h, func(s *view.Setup) { s.NotKept = &view.NotKept{Why: longOrg + " " + longHost} })
		}},
		{"settings: managed by now", func(h *hand) *frame {
			return settled(h, func(s *view.Setup) { s.NotKept = &view.NotKept{Managed: true} })
		}},
	}
	for state := secret.Absent; state <= secret.Held; state++ {
		all = append(all, scene{fmt.Sprintf("settings: password %v", state), func(h *hand) *frame {
			return settled(h, func(s *view.Setup) { full(s); s.Password = state })
		}})
	}
	return all
}

// examined opens the window of diagnostics.
func examined(h *hand, rows []doctor.Row, done bool, then func(d *diagnosticsWindow)) *frame {
	d := h.s.doctor
	d.open()
	d.report, d.done = doctor.Report{At: h.now, Rows: rows}, done
	then(d)
	d.show()
	return d.frame
}

func diagnosticsScenes() []scene {
	keep := func(*diagnosticsWindow) {}
	rows := func(v doctor.Verdict, kind doctor.Fix) []doctor.Row {
		all := everything()
		for i := range all {
			all[i].Verdict, all[i].Fix = v, kind
			if all[i].Values != nil {
				all[i].Values["readers"], all[i].Values["proxy"] = longOrg, longHost+":3128"
				all[i].Values["path"] = "/usr/lib/" + longHost + ".so"
			}
		}
		return all
	}
	all := []scene{
		{"diagnostics: looking", func(h *hand) *frame { return examined(h, nil, false, keep) }},
		{"diagnostics: saved", func(h *hand) *frame {
			return examined(h, sick().rows, true, func(d *diagnosticsWindow) {
				n := view.DiagnosticsSaved(h.s.c.Words, "/home/"+longHost+"/lanyard.zip")
				d.note, d.folder = &n, "/home"
			})
		}},
		{"diagnostics: copied", func(h *hand) *frame {
			return examined(h, sick().rows, true, func(d *diagnosticsWindow) {
				n := view.DiagnosticsCopied(h.s.c.Words, "timedatectl set-ntp true")
				d.note = &n
			})
		}},
	}
	for v, k := range map[doctor.Verdict]doctor.FixKind{
		doctor.Good: doctor.NoFix, doctor.None: doctor.LookAgain, doctor.Look: doctor.CopyCommand, doctor.Trouble: doctor.UnlockKeyring,
	} {
		all = append(all, scene{"diagnostics: " + string(v), func(h *hand) *frame {
			return examined(h, rows(v, doctor.Fix{Kind: k, Command: "x"}), true, keep)
		}})
	}
	return append(all, scene{"diagnostics: settings", func(h *hand) *frame {
		return examined(h, rows(doctor.Look, doctor.Fix{Kind: doctor.OpenSettings}), true, keep)
	}})
}

func drawerScenes() []scene {
	draw := func(change func(*view.Practice)) func(h *hand) *frame {
		return func(h *hand) *frame {
			p := newFakeDrawer().p
			change(&p)
			d := h.s.c.Drawer.(*fakeDrawer)
			d.mu.Lock()
			d.p = p
			d.mu.Unlock()
			h.s.drawer.open()
			return h.s.drawer.frame
		}
	}
	return []scene{
		{"drawer: closed", draw(func(*view.Practice) {})},
		{"drawer: a card in", draw(func(p *view.Practice) { p.In = "card3" })},
		{"drawer: every switch", draw(func(p *view.Practice) {
			p.On = []view.PracticeFault{view.SlowNetwork, view.ServerAway, view.ReaderUnplugged, view.PullInTheMiddle}
		})},
		{"drawer: pulled", draw(func(p *view.Practice) { p.Pulled = true })},
	}
}

func scenes() []scene {
	return slices.Concat(passcodeScenes(), roleScenes(), sessionScenes(), troubleScenes(), careScenes(), settingsScenes(), diagnosticsScenes(), drawerScenes())
}

// looks are the ways in which all is drawn: all scenes in the first two, every
// twentieth in the others, another one in each.
func looks() []view.Style {
	first := []view.Style{{Language: words.English, Text: 100, Colours: "light"}, {Language: words.Welsh, Text: 200, Colours: "contrast"}}
	all := first
	for _, l := range []words.Language{words.English, words.Welsh} {
		for _, text := range []int{100, 150, 200} {
			for _, c := range []string{"light", "contrast"} {
				if v := (view.Style{Language: l, Text: text, Colours: c}); !slices.Contains(first, v) {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// TestEveryWindowFits draws every window in every state, with the longest data:
// nothing is wider than its window, runs out of what it is in or covers another,
// the buttons at the foot are in the window, and every control has a name, in
// the person's language.
func TestEveryWindowFits(t *testing.T) {
	h := &hand{t: t, now: time.Date(2026, 11, 24, 8, 0, 0, 0, time.Local)}
	h.s = New(test.NewTempApp(t), Config{
		Settings: newShelf(), Drawer: newFakeDrawer(), Doctor: sick(), Desktop: theme.Light(), Style: looks()[0],
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now },
	})
	h.s.to.later = func(func()) {} // nobody turns to another window here
	h.s.notices.warned = map[card.TokenID]int{}
	all, drawn, texts := scenes(), 0, 0
	english := make(map[string][]string)
	for n, style := range looks() {
		h.s.restyle(style)
		for i, sc := range all {
			if n >= 2 && i%20 != n-2 {
				continue
			}
			h.s.hosted, h.s.probed, h.s.notices.probed, h.s.notices.left = true, true, false, nil
			f := sc.draw(h)
			r := measure(f)
			for _, p := range r.problems {
				t.Errorf("%s %d %s, %s: %s", style.Language, style.Text, style.Colours, sc.name, p)
			}
			if !f.shown || r.texts == 0 {
				t.Errorf("%s: nothing to be seen", sc.name)
			}
			drawn, texts = drawn+1, texts+r.texts
			switch n {
			case 0:
				english[sc.name] = r.labels
			case 1:
				spoken(t, sc.name, english[sc.name], r.labels)
			}
			h.clear()
		}
	}
	t.Logf("%d scenes, %d windows drawn, %d texts measured", len(all), drawn, texts)
}

// spoken holds that what a screen reader says comes from the catalogue: in Welsh
// it is another text. Roles are data, and a PUK is one everywhere.
func spoken(t *testing.T, scene string, english, welsh []string) {
	t.Helper()
	if len(english) != len(welsh) {
		t.Errorf("%s: %d controls in English, %d in Welsh", scene, len(english), len(welsh))
		return
	}
	for i, label := range english {
		if label == welsh[i] && label != "PUK" && !strings.Contains(label, "Access Role") {
			t.Errorf("%s: a screen reader says %q in both languages", scene, label)
		}
	}
}

// clear takes all windows away and forgets what was asked for.
func (h *hand) clear() {
	h.s.desk.frame.hide()
	h.s.care.close()
	h.s.care.ask = view.CareAsk{}
	h.s.care.close()
	h.s.settings.close()
	h.s.doctor.close()
	h.s.drawer.frame.hide()
	h.s.show(agent.Snapshot{Phase: agent.NoCard})
	h.asked()
}
