package ui

import (
	"fyne.io/fyne/v2"

	"lanyard/broker/agent"
	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/widget"
)

// mostRows is how many rows are shown before the list scrolls, if the window
// has room for so many; leastRows are always shown.
const (
	mostRows  = 5
	leastRows = 2
)

// rolePage is the question for the role while it is open.
type rolePage struct {
	snap     agent.Snapshot
	typed    string
	search   *widget.Search
	list     *widget.List
	searched bool // the search field is shown
}

// showRoles asks for the role.
func (p *prompt) showRoles(snap agent.Snapshot, q question) {
	if p.roles == nil || p.asked != q {
		p.roles = p.newRoles()
	}
	p.roles.snap = snap
	p.drawRoles()
	p.open(q, p.roles.focus())
}

// newRoles is the question with nothing typed yet.
func (p *prompt) newRoles() *rolePage {
	r := &rolePage{search: widget.NewSearch(p.s.c.Look, "")}
	r.search.OnChanged = p.search
	r.search.Keys = func(e *fyne.KeyEvent) bool { return p.roleKey(e) }
	return r
}

// focus is what takes letters.
func (r *rolePage) focus() fyne.Focusable {
	if r.searched {
		return r.search
	}
	return r.list
}

// search shows the roles that fit. The text may come from the field itself.
func (p *prompt) search(text string) {
	r := p.roles
	if r == nil || text == r.typed {
		return
	}
	r.typed = text
	if r.search.Text != text {
		r.search.SetText(text)
	}
	p.drawRoles()
	p.focus(r.focus(), true)
}

func (p *prompt) drawRoles() {
	c, r := p.s.c, p.roles
	v := view.RolesOf(c.Words, r.snap, r.typed, c.Now())
	r.search.SetPlaceHolder(v.Prompt)
	l := c.Look
	fresh := r.list == nil
	if fresh {
		r.list = widget.NewList(l, v.EnterHint, v.LastUsed, max(leastRows, min(len(v.Rows), mostRows)))
		r.list.Picked = p.choose
		r.list.Keys = p.key
		r.list.Runes = func(letter rune) { p.search(string(letter)); r.search.CursorColumn = 1 }
	}
	r.list.SetRows(v.Rows)
	r.searched = v.Searched
	person := ""
	if p.changing || r.snap.Phase == agent.ChoosingRole {
		person = r.snap.UserName
	}
	page := page{
		title: v.Title, env: view.EnvironmentOf(c.Words, r.snap.Environment), person: person, width: roleWidth,
		body: func(width float32) fyne.CanvasObject { return roleBody(l, r, v, width) },
		foot: func(width float32) fyne.CanvasObject {
			return widget.Picked(l, width, arrows(l, v.Choose),
				p.s.button(v.Other, widget.Plain, p.act, p.key), p.s.button(v.Filled, widget.Filled, p.act, p.key))
		},
	}
	for fresh && !p.frame.fits(page) && r.list.Least() > leastRows {
		r.list.SetLeast(r.list.Least() - 1)
	}
	p.frame.put(page)
}

func roleBody(l theme.Look, r *rolePage, v view.Roles, width float32) fyne.CanvasObject {
	least := widget.Face{Size: l.Type(theme.Least), Ink: l.Text2}
	items := []widget.Item{widget.Of(widget.Paragraph(v.Title, widget.Face{Size: l.Type(theme.Title), Bold: true, Ink: l.Text}, width))}
	if v.Searched {
		var count fyne.CanvasObject = widget.Row(l.Space(8), widget.Of(widget.Line(v.Count, least)), widget.Gap(), widget.Of(widget.Line(v.Order, least)))
		if widget.Measure(v.Count+"   "+v.Order, least) > width {
			count = widget.Line(v.Count, least) // the rows need the room
		}
		items = append(items, widget.Of(widget.Column(l.Space(12), widget.Of(r.search.Framed()), widget.Of(count))))
	}
	if v.None != nil {
		items = append(items, widget.Of(widget.Note(l, *v.None, width)))
	} else {
		items = append(items, widget.Of(r.list))
	}
	gap := l.Space(18)
	if l.Scale >= crowdedFrom {
		gap = l.Space(8)
	}
	return widget.Column(gap, items...)
}

// arrows tell which keys move the choice.
func arrows(l theme.Look, text string) fyne.CanvasObject {
	key := func(n icon.Name) fyne.CanvasObject {
		return widget.Surface(widget.Paint{Fill: l.Surface, Stroke: l.Edge, Width: l.Stroke(), Corner: 4}, l.Space(4), widget.Picture(n, l.Text2, l.Type(13)))
	}
	return widget.Row(l.Space(8), widget.At(widget.Middle, key(icon.Up)), widget.At(widget.Middle, key(icon.Down)),
		widget.At(widget.Middle, widget.Line(text, widget.Face{Size: l.Type(theme.Least), Ink: l.Text2})))
}

// roleKey takes the keys that the search field gives away.
func (p *prompt) roleKey(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		p.choose()
	case fyne.KeyEscape:
		p.escape()
	case fyne.KeyUp, fyne.KeyDown, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyHome, fyne.KeyEnd:
		return p.roles.list.Key(e.Name)
	default:
		return false
	}
	return true
}

// choose selects the chosen role.
func (p *prompt) choose() {
	if p.roles == nil {
		return
	}
	row, ok := p.roles.list.Chosen()
	if !ok {
		return
	}
	changing := p.changing
	if changing {
		p.changing = false
		p.close()
		if row.Current {
			return
		}
	}
	p.s.ask.put(agent.ChooseRole{ID: row.ID, Mode: p.s.snap.RoleMode})
}

// changeRole opens the list of roles, at sign-on after it was waved away, or
// later to change the role.
func (p *prompt) changeRole() {
	p.dismissed = question{}
	p.changing = p.s.snap.Phase != agent.ChoosingRole
	p.show(p.s.snap)
}
