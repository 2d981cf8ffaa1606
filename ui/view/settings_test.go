package view_test

import (
	"fmt"
	"strings"
	"testing"

	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// setup is a desk of two environments whose person likes it as it is.
func setup(change ...func(*view.Setup)) view.Setup {
	set := settings.Defaults()
	set.Environment = "live"
	set.Profiles = map[string]settings.Profile{"live": {Live: true}, "training": {}}
	s := view.Setup{
		Loaded: settings.Loaded{Settings: set, Sources: map[string]settings.Source{}}, Started: set, Idle: true,
		Style: view.Style{Language: words.English, Text: 100}, Readers: []string{"ACS ACR39U"}, Modules: []string{"/usr/lib/opensc-pkcs11.so"},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func settingRows(v view.Settings) map[string]view.Setting {
	rows := make(map[string]view.Setting)
	for _, g := range v.Groups {
		for _, r := range g {
			rows[r.Key] = r
		}
	}
	return rows
}

// tell writes a row on one line.
func tell(r view.Setting) string {
	var all []string
	for i, c := range r.Choices {
		text := c.Text
		if i == r.Chosen {
			text = "[" + text + "]"
		}
		all = append(all, text)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s %v %s", r.Control, strings.Join(all, " "), r.On, r.Managed))
}

func TestSettingsRows(t *testing.T) {
	for name, c := range map[string]struct {
		key    string
		change func(*view.Setup)
		want   string
	}{
		"language":     {settings.KeyLanguage, nil, "1 [English] Cymraeg false"},
		"text":         {settings.KeyText, func(s *view.Setup) { s.Style.Text = 150 }, "1 100 % 125 % [150 %] 200 % false"},
		"text, odd":    {settings.KeyText, func(s *view.Setup) { s.Style.Text = 140 }, "1 100 % 125 % [140 %] 150 % 200 % false"},
		"look":         {settings.KeyColours, func(s *view.Setup) { s.Style.Colours = "dark" }, "1 As the desktop Light [Dark] Contrast false"},
		"start":        {settings.KeyAutostart, func(s *view.Setup) { s.Autostart = true }, "2  true"},
		"environment":  {settings.KeyEnvironment, nil, "3 [Live] TRAINING false"},
		"every reader": {settings.KeyReader, nil, "3 [Every reader] ACS ACR39U false"},
		"reader away":  {settings.KeyReader, func(s *view.Setup) { s.Loaded.Card.Reader = "Gem" }, "3 Every reader ACS ACR39U [Gem (not plugged in)] false"},
		"module":       {settings.KeyModule, func(s *view.Setup) { s.Loaded.Card.Module = "/opt/x.so" }, "3 Found by itself opensc-pkcs11.so [x.so] false"},
		"managed look": {settings.KeyColours, func(s *view.Setup) { s.Loaded.Sources[settings.KeyColours] = settings.Policy }, "0  false Set by your organisation"},
		"managed start": {settings.KeyAutostart, func(s *view.Setup) {
			s.Loaded.Sources[settings.KeyAutostart] = settings.Machine
		}, "0  false Set by your organisation"},
	} {
		s := setup()
		if c.change != nil {
			c.change(&s)
		}
		if got := tell(settingRows(view.SettingsOf(words.In(words.English), s))[c.key]); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestManagedRowSaysItsValue(t *testing.T) {
	s := setup(func(s *view.Setup) {
		s.Loaded.Sources[settings.KeyMode] = settings.Machine
		s.Loaded.Mode = "lock-persistence"
	})
	if r := settingRows(view.SettingsOf(words.In(words.Welsh), s))[settings.KeyMode]; r.Second != "Bydd y ddesg yn cloi" || r.Managed != "Gosodwyd gan eich sefydliad" {
		t.Errorf("got %+v", r)
	}
}

func TestSettingsPractice(t *testing.T) {
	rows := settingRows(view.SettingsOf(words.In(words.English), setup(func(s *view.Setup) { s.Practice = true; s.Loaded.Environment = "demo" })))
	if len(rows) != 4 || rows[settings.KeyEnvironment].Second != "PRACTICE" || rows[settings.KeyEnvironment].Control != view.Told {
		t.Errorf("got %+v", rows)
	}
}

func TestSettingsNote(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*view.Setup)
		title  string
		do     view.Action
	}{
		"at rest":           {func(*view.Setup) {}, "", view.NoAction},
		"reader, idle":      {func(s *view.Setup) { s.Loaded.Card.Reader = "ACS" }, "Some of this begins when Lanyard starts again", view.StartAgain},
		"environment, busy": {func(s *view.Setup) { s.Loaded.Environment, s.Idle = "training", false }, "Some of this begins when Lanyard starts again", view.NoAction},
		"managed by now":    {func(s *view.Setup) { s.NotKept = &view.NotKept{Managed: true} }, "Your organisation sets this now", view.NoAction},
		"disk full":         {func(s *view.Setup) { s.NotKept = &view.NotKept{Why: "no space left"} }, "That was not kept", view.NoAction},
		"broken file":       {func(s *view.Setup) { s.Broken = "agent.toml, line 2" }, "The settings file needs attention", view.NoAction},
	} {
		v := view.SettingsOf(words.In(words.English), setup(c.change))
		title := ""
		if v.Note != nil {
			title = v.Note.Title
		}
		if title != c.title || v.NoteDo.Action != c.do {
			t.Errorf("%s: %q %v", name, title, v.NoteDo)
		}
	}
}

func TestSettingsPassword(t *testing.T) {
	for state, want := range map[secret.State]string{
		secret.Absent: "Keep the password / ",
		secret.None:   "Use it for now / ",
		secret.Kept:   " / Forget it",
		secret.Held:   " / Forget it",
		secret.Locked: " / Unlock the keyring",
	} {
		s := setup(func(s *view.Setup) {
			s.Account, s.Password = &settings.ProxyAccount{User: "nurse", Host: "proxy.test:3128"}, state
		})
		r := settingRows(view.SettingsOf(words.In(words.English), s))[view.PasswordKey]
		if got := r.Do.Text + " / " + r.Other.Text; got != want || (r.Control == view.Password) != (r.Do.Text != "") || !strings.HasPrefix(r.Second, "nurse at proxy.test:3128. ") {
			t.Errorf("%s: %q %+v", state, got, r)
		}
	}
	if _, has := settingRows(view.SettingsOf(words.In(words.English), setup()))[view.PasswordKey]; has {
		t.Error("a proxy that asks for nothing has a row")
	}
}
