package icon_test

import (
	"bytes"
	"flag"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"github.com/pelletier/go-toml/v2"

	"lanyard/ui/icon"
	"lanyard/ui/theme"
)

var update = flag.Bool("update", false, "draw the program's icon anew")

// root is the module's, seen from here.
const root = "../.."

// metadata is the part of FyneApp.toml that is held here.
type metadata struct {
	Details struct {
		Icon, Name, ID, Version string
		Build                   int
	}
	Migrations struct {
		FyneDo bool `toml:"fyneDo"`
	}
}

// TestProgramIcon holds the icon that packages and desktops show to what is
// drawn here: go generate ./ui/icon draws it anew.
func TestProgramIcon(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "FyneApp.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var m metadata
	if err := toml.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	d := m.Details
	if d.Name != "Lanyard" || d.ID != "org.lanyard.Desk" || d.Version == "" || d.Build == 0 || d.Icon == "" || !m.Migrations.FyneDo {
		t.Fatalf("FyneApp.toml lacks something: %+v", m)
	}
	path, drawn := filepath.Join(root, d.Icon), program(t)
	if *update {
		if err := os.WriteFile(path, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, drawn) {
		t.Errorf("%s is not what is drawn: run go generate ./ui/icon", d.Icon)
	}
}

// program draws the brand's picture on a ground that stands out from light
// desktops and from dark ones, as large as any desktop asks for.
func program(t *testing.T) []byte {
	t.Helper()
	test.NewTempApp(t)
	const side = 512
	look := theme.Light()
	ground := canvas.NewRectangle(look.Brand)
	ground.CornerRadius = side * 0.22
	ink := theme.Hex(look.OnBrand)
	picture := canvas.NewImageFromResource(fyne.NewStaticResource("icon.svg", icon.Small(icon.Brand, ink)))
	box := container.NewWithoutLayout(canvas.NewRectangle(color.Transparent), ground, picture)
	place := func(o fyne.CanvasObject, part float32) {
		o.Move(fyne.NewPos(side*(1-part)/2, side*(1-part)/2))
		o.Resize(fyne.NewSquareSize(side * part))
	}
	place(ground, 0.92)
	place(picture, 0.6)
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	c.SetContent(box)
	c.Resize(fyne.NewSquareSize(side))
	var out bytes.Buffer
	if err := png.Encode(&out, c.Capture()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
