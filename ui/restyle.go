package ui

import (
	"fyne.io/fyne/v2"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

// restyle has all windows speak another language or look another way, at once.
// What is typed, chosen and shown stays.
func (s *Shell) restyle(v view.Style) {
	s.c.Style, s.c.Words, s.c.Look = v, words.In(v.Language), s.look(v)
	s.dress()
	for _, f := range s.frames {
		f.look = s.c.Look
	}
	row := s.prompt.row()
	s.prompt.field.SetLook(s.c.Look)
	s.care.restyle()
	s.show(s.snap)
	s.prompt.restyle(row)
	if s.settings != nil {
		s.settings.show()
	}
	if s.doctor != nil {
		s.doctor.show()
	}
}

// look is a style as windows are drawn in it.
func (s *Shell) look(v view.Style) theme.Look {
	p := s.c.Desktop
	for _, known := range theme.Palettes() {
		if known.Name == v.Colours {
			p = known
		}
	}
	return theme.NewLook(p, float32(v.Text)/100)
}

// dress gives the toolkit what is drawn by itself.
func (s *Shell) dress() {
	s.app.Settings().SetTheme(theme.NewFyne(s.c.Look))
	ink := theme.Hex(s.c.Look.Brand)
	s.app.SetIcon(fyne.NewStaticResource("lanyard"+ink+".svg", icon.Small(icon.Brand, ink)))
}

// row is which role is chosen while the question is open.
func (p *prompt) row() int {
	if p.roles == nil || p.roles.list == nil {
		return 0
	}
	return p.roles.list.At()
}

// restyle keeps the search and the row that is chosen.
func (p *prompt) restyle(row int) {
	old := p.roles
	if old == nil {
		return
	}
	searching := p.frame.window.Canvas().Focused() == fyne.Focusable(old.search)
	p.roles = p.newRoles()
	p.roles.snap, p.roles.typed = old.snap, old.typed
	p.roles.search.SetText(old.typed)
	p.roles.search.CursorColumn = len([]rune(old.typed))
	p.drawRoles()
	p.roles.list.Choose(row)
	if f := p.roles.focus(); searching || f != fyne.Focusable(p.roles.search) {
		p.frame.window.Canvas().Focus(f)
	}
}

// restyle keeps what is typed into the form.
func (w *careWindow) restyle() {
	for _, f := range w.fields {
		f.SetLook(w.s.c.Look)
	}
}
