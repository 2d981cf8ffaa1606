//go:build unix && !darwin

package autostart

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// file is the entry's name in the folders of the Desktop Application Autostart
// Specification; a package or a site may put one of the same name into theirs.
const file = "lanyard.desktop"

// own is the file that only this user's desktop reads.
func own() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "autostart", file), nil
}

// foreign is the file that a package or a site put there for everybody; empty
// for none.
func foreign() string {
	dirs := os.Getenv("XDG_CONFIG_DIRS")
	if dirs == "" {
		dirs = "/etc/xdg"
	}
	for _, dir := range filepath.SplitList(dirs) {
		path := filepath.Join(dir, "autostart", file)
		if _, err := os.Stat(path); filepath.IsAbs(dir) && err == nil {
			return path
		}
	}
	return ""
}

func (e Entry) set(on bool) error {
	path, err := own()
	if err != nil {
		return err
	}
	switch {
	case on:
		return replace(path, e.desktop(false))
	case foreign() != "":
		return replace(path, e.desktop(true)) // hides the one for everybody
	default:
		return remove(path)
	}
}

func (e Entry) on() (bool, error) {
	path, err := own()
	if err != nil {
		return false, err
	}
	text, err := read(path)
	if err == nil && text == nil {
		if path = foreign(); path == "" {
			return false, nil
		}
		text, err = read(path)
	}
	if err != nil {
		return false, err
	}
	return starts(text), nil
}

// starts tells whether a desktop starts what an entry names.
func starts(text []byte) bool {
	main, exec, off := false, false, false
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			main = line == "[Desktop Entry]"
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !main:
		case key == "Exec":
			exec = value != ""
		case key == "Hidden" && value == "true", key == "X-GNOME-Autostart-enabled" && value == "false":
			off = true
		}
	}
	return exec && !off
}

// desktop writes the entry.
func (e Entry) desktop(hidden bool) []byte {
	words := []string{quote(e.Program)}
	for _, a := range e.Args {
		words = append(words, quote(a))
	}
	var b strings.Builder
	b.WriteString("[Desktop Entry]\nType=Application\nName=Lanyard\nComment=Smartcard sign-on\nComment[cy]=Mewngofnodi â cherdyn clyfar\n")
	b.WriteString("Exec=" + strings.Join(words, " ") + "\nIcon=org.lanyard.Desk\nTerminal=false\n")
	if hidden {
		b.WriteString("Hidden=true\n")
	}
	return []byte(b.String())
}

// quote writes a word of an Exec line as the Desktop Entry Specification wants
// it: quoted, a percent sign doubled, and every backslash doubled once more
// since the value is a string.
func quote(word string) string {
	word = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(word)
	return `"` + strings.NewReplacer(`\`, `\\`, `%`, `%%`).Replace(word) + `"`
}
