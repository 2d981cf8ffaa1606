package desk

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
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
	"time"

	"github.com/jezek/xgb/xproto"

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

// keys are pressed before the picture is taken, which has its own name.
type keys struct {
	name  string
	press []string
}

func then(name string, press ...string) keys { return keys{"-" + name, press} }

// asked takes the picture of a window that comes by itself.
func (th *theatre) asked(name string, after ...keys) {
	th.r.t.Helper()
	th.scene("rest")
	th.r.until("no window", func() bool { return len(th.own()) == 0 })
	th.scene(name)
	th.r.until("the window of "+name, func() bool { return len(th.own()) == 1 })
	th.shoot(name, after...)
	if len(after) > 0 {
		th.leave()
	}
}

// opened takes the picture of a window that the menu opens in a scene.
func (th *theatre) opened(name, scene string, label words.Key, after ...keys) {
	th.r.t.Helper()
	th.scene("rest")
	th.r.until("no window", func() bool { return len(th.own()) == 0 })
	th.says(th.words.Text(words.TrayNoCard))
	th.settled()
	before := th.text()
	th.scene(scene)
	if scene != "no-card" {
		th.r.until("another menu", func() bool { return th.text() != before })
	}
	th.settled()
	th.choose(th.words.Text(label))
	th.r.until("the window of "+name, func() bool { return len(th.own()) == 1 })
	th.shoot(name, after...)
	th.leave()
}

// leave closes the window in front, its form or search before it.
func (th *theatre) leave() {
	th.r.t.Helper()
	for len(th.own()) > 0 {
		th.r.window(".")
		th.r.press("Escape")
		th.r.becomes(time.Second, func() bool { return len(th.own()) == 0 })
	}
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
func (th *theatre) shoot(name string, after ...keys) {
	th.r.t.Helper()
	th.r.window(".")
	shot := th.r.calm(th.own()[0], long)
	for _, k := range after {
		for _, key := range k.press {
			before := shot
			th.r.press(key)
			th.r.until("what "+key+" does", func() bool {
				own := th.own()
				if len(own) != 1 {
					return false // another window takes this one's place
				}
				shot = th.r.capture(own[0])
				return shot != nil && differ(before, shot) > 0
			})
			shot = th.r.calm(th.own()[0], long)
		}
		name += k.name
	}
	if th.name != "" {
		name += "-" + th.name
	}
	th.r.compare(name, shot)
}

// still waits until a window draws nothing new and returns what it shows.
func (r *rig) still(id string) *image.RGBA {
	r.t.Helper()
	return r.calm(id, 3)
}

// long is how many pictures are alike where nothing more is to come.
const long = 12

// calm is still for longer: so many pictures in a row are alike.
func (r *rig) calm(id string, pictures int) *image.RGBA {
	r.t.Helper()
	var last, shot *image.RGBA
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
func drawn(shot *image.RGBA) bool {
	colours := map[[4]byte]bool{}
	for at := 0; at < len(shot.Pix) && len(colours) <= 8; at += 4 {
		colours[[4]byte(shot.Pix[at:])] = true
	}
	return len(colours) > 8
}

// capture is what a window shows at the moment; nil where it is not to be seen.
func (r *rig) capture(id string) *image.RGBA {
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		return nil
	}
	window := xproto.Drawable(n)
	box, err := xproto.GetGeometry(r.screen, window).Reply()
	if err != nil {
		return nil
	}
	told, err := xproto.GetImage(r.screen, xproto.ImageFormatZPixmap, window, 0, 0, box.Width, box.Height, ^uint32(0)).Reply()
	if err != nil {
		return nil
	}
	shot := image.NewRGBA(image.Rect(0, 0, int(box.Width), int(box.Height)))
	if len(told.Data) < len(shot.Pix) {
		return nil
	}
	for at := 0; at < len(shot.Pix); at += 4 { // the server's pixels are blue, green, red and nothing
		pixel := told.Data[at : at+4 : at+4]
		copy(shot.Pix[at:at+4], []byte{pixel[2], pixel[1], pixel[0], 0xff})
	}
	return shot
}

// differ counts the pixels in which two pictures differ visibly.
func differ(a, b *image.RGBA) int {
	if a.Rect != b.Rect {
		return len(a.Pix)/4 + len(b.Pix)/4
	}
	n := 0
	for top := 0; top < len(a.Pix); top += a.Stride {
		one, other := a.Pix[top:top+a.Stride], b.Pix[top:top+a.Stride]
		if bytes.Equal(one, other) {
			continue
		}
		for at := 0; at < len(one); at += 4 {
			if far(one[at], other[at]) || far(one[at+1], other[at+1]) || far(one[at+2], other[at+2]) {
				n++
			}
		}
	}
	return n
}

// far tells whether two shades are told apart by eye.
func far(a, b byte) bool { return max(a, b)-min(a, b) > 24 }

// compare holds a picture against that of the album, or writes it.
func (r *rig) compare(name string, taken *image.RGBA) {
	r.t.Helper()
	path := filepath.Join(album, name+".png")
	shot := few(taken) // as those of the album are
	old, err := load(path)
	n := 0
	if err == nil {
		if n = differ(plain(old), plain(shot)); n <= alike {
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

// plain is a picture with a colour in each pixel.
func plain(of image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: of.Bounds().Size()})
	draw.Draw(out, out.Rect, of, of.Bounds().Min, draw.Src)
	return out
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
func few(shot *image.RGBA) image.Image {
	counts := map[color.RGBA]int{}
	each(shot, func(_ int, c color.RGBA) { counts[c]++ })
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range all[:min(256, len(all))] {
		palette = append(palette, c)
	}
	out := image.NewPaletted(shot.Rect, palette)
	nearest := map[color.RGBA]uint8{}
	each(shot, func(at int, c color.RGBA) {
		i, known := nearest[c]
		if !known {
			i = uint8(palette.Index(c))
			nearest[c] = i
		}
		out.Pix[at] = i
	})
	return out
}

// each goes over the pixels of a picture.
func each(shot *image.RGBA, do func(at int, c color.RGBA)) {
	for at := range len(shot.Pix) / 4 {
		p := shot.Pix[4*at:]
		do(at, color.RGBA{p[0], p[1], p[2], p[3]})
	}
}
