package desk

import (
	"errors"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// pasted is what other programs get when they paste: the clipboard and what is
// selected.
func (r *rig) pasted() string {
	r.t.Helper()
	display := ""
	for _, e := range r.env {
		if d, ok := strings.CutPrefix(e, "DISPLAY="); ok {
			display = d
		}
	}
	c, err := xgb.NewConnDisplay(display)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	limit := time.AfterFunc(patience, c.Close) // of an owner that does not answer
	defer limit.Stop()
	root := xproto.Setup(c).DefaultScreen(c).Root
	w, err := xproto.NewWindowId(c)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := xproto.CreateWindowChecked(c, 0, w, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		r.t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range []string{"CLIPBOARD", "PRIMARY", "SECONDARY"} {
		text, err := paste(c, w, name)
		if err != nil {
			r.t.Fatal(err)
		}
		all.WriteString(name + ": " + text + "\n")
	}
	return all.String()
}

// paste asks the owner of a selection for its text; where there is no owner, or
// it has no text, the X server or the owner says so.
func paste(c *xgb.Conn, w xproto.Window, name string) (string, error) {
	atoms := map[string]xproto.Atom{}
	for _, a := range []string{name, "UTF8_STRING", "LANYARD_TEST"} {
		reply, err := xproto.InternAtom(c, false, uint16(len(a)), a).Reply()
		if err != nil {
			return "", err
		}
		atoms[a] = reply.Atom
	}
	property := atoms["LANYARD_TEST"]
	if err := xproto.ConvertSelectionChecked(c, w, atoms[name], atoms["UTF8_STRING"], property, xproto.TimeCurrentTime).Check(); err != nil {
		return "", err
	}
	for {
		event, err := c.WaitForEvent()
		if err != nil {
			return "", err
		}
		if event == nil {
			return "", errors.New("the owner of " + name + " does not answer")
		}
		told, ok := event.(xproto.SelectionNotifyEvent)
		switch {
		case !ok:
			continue
		case told.Property == 0:
			return "", nil
		}
		reply, e := xproto.GetProperty(c, true, w, property, xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
		if e != nil {
			return "", e
		}
		return string(reply.Value), nil
	}
}
