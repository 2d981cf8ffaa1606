package autostart

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
)

// label names the launch agent.
const label = "org.lanyard.Desk"

func own() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, "Library", "LaunchAgents", label+".plist"), nil
}

// set writes the launch agent, which launchd reads at the next login: one that
// were loaded now would start a second agent.
func (e Entry) set(on bool) error {
	path, err := own()
	if err != nil {
		return err
	}
	if !on {
		return remove(path)
	}
	text, err := e.plist()
	if err != nil {
		return err
	}
	return replace(path, text)
}

func (e Entry) on() (bool, error) {
	path, err := own()
	if err != nil {
		return false, err
	}
	text, err := read(path)
	if err != nil {
		return false, err
	}
	return text != nil, nil
}

// plist writes the launch agent's property list.
func (e Entry) plist() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header + `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>` + label + `</string>
<key>RunAtLoad</key><true/>
<key>ProcessType</key><string>Interactive</string>
<key>LimitLoadToSessionType</key><string>Aqua</string>
<key>ProgramArguments</key><array>
`)
	for _, word := range append([]string{e.Program}, e.Args...) {
		b.WriteString("<string>")
		if err := xml.EscapeText(&b, []byte(word)); err != nil {
			return nil, err
		}
		b.WriteString("</string>\n")
	}
	b.WriteString("</array>\n</dict></plist>\n")
	return b.Bytes(), nil
}
