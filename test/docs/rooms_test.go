package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPictures: every picture that the tests keep stands in a manual.
func TestPictures(t *testing.T) {
	pictures, err := filepath.Glob(filepath.Join(root, "docs", "screenshots", "*.png"))
	if err != nil || len(pictures) < 10 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	var all strings.Builder
	for _, file := range manuals(t) {
		all.WriteString(read(t, file))
	}
	for _, p := range pictures {
		if !strings.Contains(all.String(), "screenshots/"+filepath.Base(p)+")") {
			t.Errorf("no manual shows %s", filepath.Base(p))
		}
	}
}

// TestRooms: every folder with code has its row in the table of rooms, or one
// above it has; and no row tells of a folder that is not there.
func TestRooms(t *testing.T) {
	rows := rooms(t)
	have := folders(t)
	if len(rows) < 20 || len(have) < 50 {
		t.Fatalf("%d rooms, %d folders", len(rows), len(have))
	}
	for _, folder := range have {
		if !slices.ContainsFunc(rows, func(row string) bool { return folder == row || row != "." && isBelow(folder, row) }) {
			t.Errorf("the table of rooms lacks %s", folder)
		}
	}
	for _, row := range rows {
		if !slices.ContainsFunc(have, func(folder string) bool { return folder == row || isBelow(folder, row) }) {
			t.Errorf("the table of rooms tells of %s, which has no code", row)
		}
	}
}

// isBelow tells whether a folder lies in a room that is not one of the three
// worlds: what lies in those has a row of its own.
func isBelow(folder, room string) bool {
	return strings.Contains(room, "/") && strings.HasPrefix(folder, room+"/") || room == "test" && strings.HasPrefix(folder, "test/") || room == "assets" && strings.HasPrefix(folder, "assets/")
}

// roomRow is a row of the table, whose first cell names folders.
var (
	roomRow = regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|")
	quoted  = regexp.MustCompile("`([^`]+)`")
)

// rooms are the folders that the table names. A name without a slash after
// another one stands beside it.
func rooms(t *testing.T) []string {
	t.Helper()
	text := manual(t, "architecture.md")
	text = text[strings.Index(text, "## The rooms"):strings.Index(text, "## The laws")]
	var all []string
	for _, m := range roomRow.FindAllStringSubmatch(text, -1) {
		beside := ""
		for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
			name := strings.TrimSuffix(q[1], "/…")
			switch {
			case strings.HasSuffix(name, ".go"):
				name = path.Dir(name)
			case beside != "" && !strings.Contains(name, "/"):
				name = path.Join(beside, name)
			}
			beside = path.Dir(name)
			all = append(all, name)
		}
	}
	return all
}

// folders are those with code in Go.
func folders(t *testing.T) []string {
	t.Helper()
	var all []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (name != "." && strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".go") && !slices.Contains(all, path.Dir(name)):
			all = append(all, path.Dir(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
