package view

import (
	"path/filepath"
	"slices"
	"strings"

	"lanyard/broker/agent"
	"lanyard/broker/settings"
	"lanyard/broker/settings/secret"
	"lanyard/ui/words"
)

// Style is how windows look.
type Style struct {
	Language words.Language
	Text     int    // per cent
	Colours  string // light, dark or contrast; empty: the desktop's
}

// Setup is what the window of settings is about.
type Setup struct {
	Loaded    settings.Loaded
	Started   settings.Settings // what the agent was started with
	Style     Style             // what is shown at the moment
	Autostart bool              // the desktop starts the agent
	Readers   []string          // plugged in
	Modules   []string          // PKCS#11 modules found
	Account   *settings.ProxyAccount
	Password  secret.State
	Practice  bool // a demonstration: only how it looks is set
	Idle      bool // nobody is signed on
	Broken    string
	NotKept   *NotKept // what became of the last change; nil: it was kept
}

// NotKept is a change that was not kept.
type NotKept struct {
	Managed bool   // the site says so by now
	Why     string // for local IT
}

// Settings is the window of settings.
type Settings struct {
	Title  string
	Note   *Note
	NoteDo Button
	Groups [][]Setting
	Kept   string
	Close  Button
}

// Control is how a setting is changed.
type Control int

// The controls.
const (
	Told     Control = iota // it is not changed here
	Segments                // a few choices side by side
	Check                   // yes or no
	Picker                  // one of a list
	Password                // a secret to be typed
)

// Setting is a row of the window.
type Setting struct {
	Key     string
	Name    string
	Second  string // below the name
	Control Control
	Choices []Choice
	Chosen  int
	On      bool   // of a check
	Managed string // set by the site: this instead of a control
	Do      Button // of a password
	Other   Button // of a password
}

// Choice is one value that a setting may take.
type Choice struct {
	Text  string
	Value any
}

// SettingsOf makes the window.
func SettingsOf(b words.Book, s Setup) Settings {
	v := Settings{Title: b.Text(words.SettingsTitle), Kept: b.Text(words.SettingsKept), Close: Button{b.Text(words.Close), Dismiss}}
	v.Groups = append(v.Groups, lookRows(b, s))
	if s.Practice {
		v.Groups = append(v.Groups, []Setting{{
			Key: settings.KeyEnvironment, Name: b.Text(words.SettingsEnvironment),
			Second: EnvironmentOf(b, agent.Environment{Name: s.Loaded.Environment}).Name,
		}})
	} else {
		v.Groups = append(v.Groups, deskRows(b, s))
		if s.Loaded.Card.Source == "reader" {
			v.Groups = append(v.Groups, cardRows(b, s))
		}
		if s.Account != nil {
			v.Groups = append(v.Groups, []Setting{passwordRow(b, s)})
		}
	}
	v.Note, v.NoteDo = settingsNote(b, s)
	return v
}

// settingsNote says what became of a change, or what waits for the next start.
func settingsNote(b words.Book, s Setup) (*Note, Button) {
	switch {
	case s.NotKept != nil && s.NotKept.Managed:
		return &Note{Tone: Careful, Title: b.Text(words.SettingsManagedNow), Sentence: b.Text(words.SettingsManagedHint)}, Button{}
	case s.NotKept != nil:
		return &Note{Tone: Bad, Title: b.Text(words.SettingsNotKept), Sentence: b.Text(words.SettingsNotKeptHint, "why", s.NotKept.Why)}, Button{}
	case s.Broken != "":
		return &Note{Tone: Careful, Title: b.Text(words.SettingsUnread), Sentence: b.Text(words.SettingsUnreadHint, "why", s.Broken)}, Button{}
	case !s.Waits():
		return nil, Button{}
	case s.Idle:
		return &Note{Tone: Neutral, Title: b.Text(words.SettingsRestart), Sentence: b.Text(words.SettingsRestartIdle)},
			Button{b.Text(words.SettingsRestartNow), StartAgain}
	default:
		return &Note{Tone: Neutral, Title: b.Text(words.SettingsRestart), Sentence: b.Text(words.SettingsRestartBusy)}, Button{}
	}
}

// Waits tells whether something that was changed begins at the next start only.
func (s Setup) Waits() bool {
	now, then := s.Loaded.Settings, s.Started
	return !s.Practice && s.Broken == "" && (now.Environment != then.Environment || now.Mode != then.Mode ||
		now.Card.Reader != then.Card.Reader || now.Card.Module != then.Card.Module)
}

// choose makes a row of choices; the site may have chosen.
func (s Setup) choose(b words.Book, r Setting, value any) Setting {
	r.Chosen = slices.IndexFunc(r.Choices, func(c Choice) bool { return c.Value == value })
	if s.Loaded.Source(r.Key).Managed() {
		r.Managed, r.Control = b.Text(words.SettingsManaged), Told
		if r.Second == "" && r.Chosen >= 0 {
			r.Second = r.Choices[r.Chosen].Text
		}
		r.Choices = nil
	}
	return r
}

func lookRows(b words.Book, s Setup) []Setting {
	language := Setting{
		Key: settings.KeyLanguage, Name: b.Text(words.SettingsLanguage), Second: b.Text(words.SettingsUnreviewed), Control: Segments,
		Choices: []Choice{{"English", string(words.English)}, {"Cymraeg", string(words.Welsh)}},
	}
	text := Setting{Key: settings.KeyText, Name: b.Text(words.SettingsText), Control: Segments}
	for _, n := range []int{100, 125, 150, 200} {
		text.Choices = append(text.Choices, Choice{b.Text(words.SettingsPercent, "n", itoa(n)), n})
	}
	if !slices.ContainsFunc(text.Choices, func(c Choice) bool { return c.Value == s.Style.Text }) {
		text.Choices = append(text.Choices, Choice{b.Text(words.SettingsPercent, "n", itoa(s.Style.Text)), s.Style.Text})
		slices.SortFunc(text.Choices, func(a, b Choice) int { return a.Value.(int) - b.Value.(int) })
	}
	look := Setting{
		Key: settings.KeyColours, Name: b.Text(words.SettingsLook), Control: Segments,
		Choices: []Choice{
			{b.Text(words.SettingsDesktop), ""},
			{b.Text(words.SettingsLight), "light"},
			{b.Text(words.SettingsDark), "dark"},
			{b.Text(words.SettingsContrast), "contrast"},
		},
	}
	return []Setting{s.choose(b, language, string(s.Style.Language)), s.choose(b, text, s.Style.Text), s.choose(b, look, s.Style.Colours)}
}

func deskRows(b words.Book, s Setup) []Setting {
	start := Setting{Key: settings.KeyAutostart, Name: b.Text(words.SettingsStart), Control: Check, On: s.Autostart}
	if s.Loaded.Source(start.Key).Managed() {
		start.Control, start.Managed = Told, b.Text(words.SettingsManaged)
	}
	mode := Setting{
		Key: settings.KeyMode, Name: b.Text(words.SettingsMode), Control: Picker,
		Choices: []Choice{
			{b.Text(words.SettingsModeNormal), "normal"},
			{b.Text(words.SettingsModeEnhanced), "enhanced-normal"},
			{b.Text(words.SettingsModeLock), "lock-persistence"},
			{b.Text(words.SettingsModeMobility), "mobility"},
		},
	}
	environment := Setting{Key: settings.KeyEnvironment, Name: b.Text(words.SettingsEnvironment), Control: Picker}
	for name, p := range s.Loaded.Profiles {
		environment.Choices = append(environment.Choices, Choice{EnvironmentOf(b, agent.Environment{Name: name, Live: p.Live}).Name, name})
	}
	slices.SortFunc(environment.Choices, func(a, b Choice) int { return strings.Compare(a.Text, b.Text) })
	return []Setting{start, s.choose(b, mode, s.Loaded.Mode), s.choose(b, environment, s.Loaded.Environment)}
}

func cardRows(b words.Book, s Setup) []Setting {
	reader := Setting{Key: settings.KeyReader, Name: b.Text(words.SettingsReader), Control: Picker}
	reader.Choices = named(b.Text(words.SettingsAnyReader), s.Readers, Plain)
	if set := s.Loaded.Card.Reader; set != "" && !slices.Contains(s.Readers, set) {
		reader.Choices = append(reader.Choices, Choice{b.Text(words.SettingsNotPlugged, "name", Plain(set)), set})
	}
	module := Setting{Key: settings.KeyModule, Name: b.Text(words.SettingsModule), Second: b.Text(words.SettingsModuleWhy), Control: Picker}
	files := slices.Clone(s.Modules)
	if set := s.Loaded.Card.Module; set != "" && !slices.Contains(files, set) {
		files = append(files, set)
	}
	module.Choices = named(b.Text(words.SettingsModuleAuto), files, func(path string) string { return Plain(filepath.Base(path)) })
	return []Setting{s.choose(b, reader, s.Loaded.Card.Reader), s.choose(b, module, s.Loaded.Card.Module)}
}

// named are the choices of a list with one before them that leaves it open.
func named(open string, list []string, text func(string) string) []Choice {
	out := []Choice{{open, ""}}
	for _, v := range list {
		if c := (Choice{text(v), v}); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func passwordRow(b words.Book, s Setup) Setting {
	r := Setting{Key: PasswordKey, Name: b.Text(words.SettingsPassword)}
	state, save := words.SettingsPasswordAbsent, Button{b.Text(words.SettingsPasswordSave), KeepPassword}
	switch s.Password {
	case secret.Absent:
		r.Control, r.Do = Password, save
	case secret.None:
		state = words.SettingsPasswordNone
		r.Control, r.Do = Password, Button{b.Text(words.SettingsPasswordUse), KeepPassword}
	case secret.Kept:
		state, r.Other = words.SettingsPasswordKept, Button{b.Text(words.SettingsPasswordForget), ForgetPassword}
	case secret.Held:
		state, r.Other = words.SettingsPasswordHeld, Button{b.Text(words.SettingsPasswordForget), ForgetPassword}
	case secret.Locked:
		state, r.Other = words.SettingsPasswordLocked, Button{b.Text(words.SettingsPasswordUnlock), UnlockKeyring}
	}
	r.Second = b.Text(words.SettingsPasswordFor, "user", s.Account.User, "host", s.Account.Host) + ". " + b.Text(state)
	return r
}

// PasswordKey names the row of the proxy's password, which is no setting of a file.
const PasswordKey = "proxy.password"
