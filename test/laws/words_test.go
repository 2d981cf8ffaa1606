package laws_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"lanyard/broker/doctor"
)

// spoken are the rooms whose texts a person reads in a window, in the tray, in
// a notification or in the terminal: all of them come from the catalogue. The
// command line's own help stays English.
func spoken() []string {
	return []string{
		"ui/*.go", "ui/view/*.go", "ui/widget/*.go", "ui/terminal/*.go", "ui/display/*.go", "ui/trayprobe/*.go",
		"ui/command/practice.go", "ui/command/physician.go",
	}
}

// unread are the texts that are the same in every language.
func unread() []string {
	return []string{
		"Lanyard", " - Lanyard", "%s  Lanyard %s  %s\n", // what the program is called
		"English", "Cymraeg", // a language names itself
		"Enter",                         // as it stands on the key
		"NameOwnerChanged", "Downloads", // names of the desktop's
	}
}

// verbs are where a format is filled in.
var verbs = regexp.MustCompile(`%[-+# 0]*[0-9]*[a-zA-Z]`)

// spelt is how names for programs are: without blanks, and in small letters, in
// capitals or with dots, as keys, files, colours and services have them.
var spelt = regexp.MustCompile(`^([a-z0-9]*([./_&;\[\]-][a-z0-9]*)*|[A-Z0-9_]+|[A-Za-z0-9-]*([./#]+[A-Za-z0-9-]+)+)$`)

// shows are the calls and the fields whose texts are drawn as they are: there,
// not even a small word is a name.
var shows = regexp.MustCompile(`^(New(Button|Check|CheckRow|Choice|Picker|Search|Secret|Menu|MenuItem|Window)|Line|Paragraph|Centred|Measure|Chip|Named|say|SetTitle|SetText|SetPlaceHolder|Fprintln|Fprint|Button|MenuItem|Note|Notice|Fact|Title|Sentence|Text|Label|Second|Head|Hint|Tooltip|Chip|Hours)$`)

// reading is a literal and where it stands.
type reading struct {
	at    *ast.BasicLit
	stack []ast.Node // from the file down to what holds it
}

// quiet are the calls whose texts are not for the person at the desk: of logs,
// and of errors.
var quiet = regexp.MustCompile(`^((Debug|Info|Warn|Error)(Context)?|errors\.New|fmt\.Errorf|panic)$`)

// name is what a call calls, with its package or receiver where that is short.
func name(c *ast.CallExpr) (whole, last string) {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name, f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name, f.Sel.Name
		}
		return f.Sel.Name, f.Sel.Name
	default:
		return "", ""
	}
}

// isRead tells whether a person may read a literal as a text.
func (r reading) isRead(text string) bool {
	if spelt.MatchString(text) && !shows.MatchString(r.holder()) {
		return false
	}
	child := ast.Node(r.at)
	for _, n := range slices.Backward(r.stack) {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field: // a field's tag
			return false
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				return false
			}
		case *ast.CaseClause:
			if slices.ContainsFunc(n.List, func(e ast.Expr) bool { return e == child }) {
				return false
			}
		case *ast.IndexExpr:
			return n.Index != child
		case *ast.CallExpr:
			whole, last := name(n)
			if quiet.MatchString(whole) || quiet.MatchString(last) {
				return false
			}
		}
		child = n
	}
	return true
}

// holder is the call, the field or the type that a literal is given to.
func (r reading) holder() string {
	child := ast.Node(r.at)
	for _, n := range slices.Backward(r.stack) {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && n.Value == child {
				return k.Name
			}
			return ""
		case *ast.CallExpr:
			_, last := name(n)
			if at := slices.IndexFunc(n.Args, func(e ast.Expr) bool { return e == child }); last == "Text" && (at == 0 || at%2 == 1) {
				return "" // a key, or the name of a hole
			}
			return last
		case *ast.CompositeLit:
			switch t := n.Type.(type) {
			case *ast.Ident:
				return t.Name
			case *ast.SelectorExpr:
				return t.Sel.Name
			}
			return ""
		}
		child = n
	}
	return ""
}

// literals are the texts of a file that a person may read and that are in no
// catalogue.
func literals(t *testing.T, path string, source any) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, err := strconv.Unquote(l.Value)
			if err != nil {
				t.Fatal(err)
			}
			words := verbs.ReplaceAllString(text, "")
			if strings.ContainsFunc(words, unicode.IsLetter) && !slices.Contains(unread(), text) && (reading{l, stack}).isRead(text) {
				found = append(found, set.Position(l.Pos()).String()+": "+l.Value)
			}
		}
		stack = append(stack, n)
		return true
	})
	return found
}

// TestEveryTextIsFromTheCatalogue holds that no window speaks by itself.
func TestEveryTextIsFromTheCatalogue(t *testing.T) {
	root := moduleRoot(t)
	for _, pattern := range spoken() {
		for _, path := range sources(t, root, pattern) {
			for _, l := range literals(t, path, nil) {
				t.Errorf("%s is in no catalogue", strings.TrimPrefix(l, root+"/"))
			}
		}
	}
}

// TestCatalogueScanIsNotBlind shows what the scan finds, and what it lets be.
func TestCatalogueScanIsNotBlind(t *testing.T) {
	for source, want := range map[string]int{
		`widget.NewButton(l, "Try again", widget.Filled, nil)`:                     1,
		`widget.NewButton(l, "again", widget.Filled, nil)`:                         1,
		`widget.Paragraph("Put your card in"+s, face, width)`:                      1,
		`n := view.Note{Title: "card", Sentence: "It is locked."}`:                 2,
		`b := view.Button{"Close", view.Dismiss}`:                                  1,
		`w.SetTitle(w.Title() + " (locked)")`:                                      1,
		`fmt.Fprintf(out, "  %s: locked\n", name)`:                                 1,
		`text := "Signed on"`:                                                      1,
		`p.names = append(p.names, "Cancel")`:                                      1,
		`text := "Sign-on"`:                                                        1,
		`text = "Again."`:                                                          1,
		`const brand = "#0B5A63"`:                                                  0,
		`fmt.Fprintf(out, "  %-9s: %d\n", name, 1)`:                                0,
		`b.Text(words.RanOut, "date", date)`:                                       0,
		`log.Warn("a setting was not kept", "err", err)`:                           0,
		`err := fmt.Errorf("no reader %q: %w", name, err)`:                         0,
		`if name == "The demo" { return }`:                                         0,
		`r := fyne.NewStaticResource("tray-"+i.String()+ink+".svg", nil)`:          0,
		`o := c.Object("org.freedesktop.Notifications", "/org/freedesktop/Notes")`: 0,
		`n := fyne.NewMenu("Lanyard")`:                                             0,
	} {
		if got := literals(t, "x.go", "package x\nfunc f() {\n"+source+"\n}\n"); len(got) != want {
			t.Errorf("%s: found %v, want %d", source, got, want)
		}
	}
}

// TestNoTextIsUnused holds that each key of the catalogue is named by a window
// or the terminal. Those of diagnostics are put together of what a row says.
func TestNoTextIsUnused(t *testing.T) {
	root := moduleRoot(t)
	named := make(map[string]bool)
	for _, pattern := range []string{"ui/*.go", "ui/*/*.go"} {
		for _, path := range sources(t, root, pattern) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					if x, ok := s.X.(*ast.Ident); ok && x.Name == "words" {
						named[s.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	put := together()
	keys := 0
	for _, path := range sources(t, root, "ui/words/keys*.go") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			keys++
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if !named[spec.Names[0].Name] && !slices.Contains(put, value) {
				t.Errorf("%s (%s) is said nowhere", spec.Names[0].Name, value)
			}
			return true
		})
	}
	if keys < 300 {
		t.Errorf("only %d keys found", keys)
	}
}

// together are the keys that the window of diagnostics makes of its rows.
func together() []string {
	var all []string
	for _, id := range doctor.Order() {
		all = append(all, "diagnostics.name."+string(id))
	}
	for _, f := range []doctor.FixKind{doctor.LookAgain, doctor.OpenSettings, doctor.UnlockKeyring, doctor.CopyCommand} {
		all = append(all, "diagnostics.fix."+string(f))
	}
	for _, v := range []doctor.Verdict{doctor.Good, doctor.None, doctor.Look, doctor.Trouble} {
		all = append(all, "diagnostics.verdict."+string(v), "diagnostics.verdict."+string(v)+".long")
	}
	for _, s := range doctor.Says() {
		all = append(all, "diagnostics."+string(s), "diagnostics."+string(s)+".next")
	}
	return all
}

// sources are the files of a pattern without the tests.
func sources(t *testing.T, root, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pattern))
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	if len(files) == 0 {
		t.Fatalf("%s: no files", pattern)
	}
	return files
}
