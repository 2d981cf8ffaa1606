package desk

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"lanyard/ui/words"
)

var update = flag.Bool("update", false, "write the pictures of the manuals anew where they changed")

// album is where the pictures of the manuals are.
const album = "../../docs/screenshots"

// alike is how many pixels of two pictures may differ: the caret's.
const alike = 200

// theatre is a stage on a desktop.
type theatre struct {
	icon
	pid   int
	lines io.WriteCloser
	words words.Book
	name  string // of the look, in names of files; empty: English, light, 100 %
}

// newTheatre starts the stage.
func newTheatre(r *rig, name string, args ...string) *theatre {
	r.t.Helper()
	c := exec.CommandContext(r.t.Context(), os.Args[0], args...)
	c.Env = append(r.env, stageEnv+"=1", "TZ=UTC")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var log book
	c.Stdout, c.Stderr = &log, &log
	lines, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		r.end(c)
		if r.t.Failed() {
			r.t.Logf("the stage said:\n%s", log.String())
		}
	})
	th := &theatre{icon: r.icon(c.Process.Pid), pid: c.Process.Pid, lines: lines, words: words.In(words.English), name: name}
	if slices.Contains(args, "cy") {
		th.words = words.In(words.Welsh)
	}
	r.until("the stage", func() bool { return len(th.menu()) > 0 })
	return th
}

// scene shows a state of the desk.
func (th *theatre) scene(name string) {
	th.r.t.Helper()
	if _, err := fmt.Fprintln(th.lines, name); err != nil {
		th.r.t.Fatal(err)
	}
}

// asked takes the picture of a window that comes by itself.
func (th *theatre) asked(name string, keys ...string) {
	th.r.t.Helper()
	th.scene("rest")
	th.r.until("no window", func() bool { return len(th.own()) == 0 })
	th.scene(name)
	th.r.until("the window of "+name, func() bool { return len(th.own()) == 1 })
	th.shoot(name, keys...)
}

// opened takes the picture of a window that the menu opens in a scene.
func (th *theatre) opened(name, scene string, label words.Key) {
	th.r.t.Helper()
	th.scene("rest")
	th.r.until("no window", func() bool { return len(th.own()) == 0 })
	before := th.text()
	th.scene(scene)
	if scene != "no-card" {
		th.r.until("another menu", func() bool { return th.text() != before })
	}
	th.settled()
	th.choose(th.words.Text(label))
	th.r.until("the window of "+name, func() bool { return len(th.own()) == 1 })
	th.shoot(name)
	th.r.window(".")
	th.r.press("Escape")
}

// own are the stage's windows to be seen.
func (th *theatre) own() []string {
	var own []string
	for _, id := range th.r.list("--all", "--pid", strconv.Itoa(th.pid), "--name", ".") {
		if th.r.box(id).Dx() > 50 {
			own = append(own, id)
		}
	}
	return own
}

// shoot holds the picture of the window in front against the album's.
func (th *theatre) shoot(name string, keys ...string) {
	th.r.t.Helper()
	if len(keys) > 0 {
		th.r.window(".")
		th.r.press(keys...)
	}
	shot := th.r.still(th.own()[0])
	if th.name != "" {
		name += "-" + th.name
	}
	th.r.compare(name, shot)
}

// still waits until a window draws nothing new and returns what it shows.
func (r *rig) still(id string) image.Image {
	r.t.Helper()
	return r.calm(id, 3)
}

// calm is still for longer: so many pictures in a row are alike.
func (r *rig) calm(id string, pictures int) image.Image {
	r.t.Helper()
	var last, shot image.Image
	same := 0
	r.until("a window at rest", func() bool {
		last, shot = shot, r.capture(id)
		if shot != nil && last != nil && drawn(shot) && differ(last, shot) <= alike {
			same++
		} else {
			same = 0
		}
		return same == pictures
	})
	return shot
}

// drawn tells whether there is more to see than the colour of a window that has
// drawn nothing yet.
func drawn(shot image.Image) bool {
	colours := map[color.RGBA]bool{}
	each(shot, func(_, _ int, c color.RGBA) { colours[c] = true })
	return len(colours) > 8
}

// capture is what a window shows at the moment.
func (r *rig) capture(id string) image.Image {
	img, err := png.Decode(bytes.NewReader([]byte(r.output("import", "-silent", "-window", id, "png:-"))))
	if err != nil {
		return nil
	}
	return img
}

// differ counts the pixels in which two pictures differ visibly.
func differ(a, b image.Image) int {
	if a.Bounds().Size() != b.Bounds().Size() {
		return a.Bounds().Dx()*a.Bounds().Dy() + b.Bounds().Dx()*b.Bounds().Dy()
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if far(a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y), b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y)) {
				n++
			}
		}
	}
	return n
}

func far(a, b color.Color) bool {
	const visible = 24 << 8
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	return max(ar, br)-min(ar, br) > visible || max(ag, bg)-min(ag, bg) > visible || max(ab, bb)-min(ab, bb) > visible
}

// compare holds a picture against that of the album, or writes it.
func (r *rig) compare(name string, shot image.Image) {
	r.t.Helper()
	path := filepath.Join(album, name+".png")
	shot = few(shot) // as those of the album are
	old, err := load(path)
	n := 0
	if err == nil {
		if n = differ(old, shot); n <= alike {
			return
		}
	} else if !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	if *update {
		save(r.t, path, shot)
		return
	}
	kept := filepath.Join(aside(r.t), name+".png")
	save(r.t, kept, shot)
	r.t.Errorf("%s: %d pixels differ; the new picture is %s. If it is right: go test ./test/desk -run Pictures -update", name, n, kept)
}

func load(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return png.Decode(f)
}

func save(t testing.TB, path string, shot image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, shot); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// few makes a picture of the 256 colours that are most of it; what is left, the
// edges of letters, takes the nearest of them.
func few(shot image.Image) image.Image {
	counts := map[color.RGBA]int{}
	each(shot, func(_, _ int, c color.RGBA) { counts[c]++ })
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range all[:min(256, len(all))] {
		palette = append(palette, c)
	}
	out := image.NewPaletted(image.Rectangle{Max: shot.Bounds().Size()}, palette)
	nearest := map[color.RGBA]uint8{}
	each(shot, func(x, y int, c color.RGBA) {
		i, known := nearest[c]
		if !known {
			i = uint8(palette.Index(c))
			nearest[c] = i
		}
		out.SetColorIndex(x, y, i)
	})
	return out
}

// each goes over the pixels of a picture.
func each(shot image.Image, do func(x, y int, c color.RGBA)) {
	box := shot.Bounds()
	for y := range box.Dy() {
		for x := range box.Dx() {
			r, g, b, _ := shot.At(box.Min.X+x, box.Min.Y+y).RGBA()
			do(x, y, color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff})
		}
	}
}
