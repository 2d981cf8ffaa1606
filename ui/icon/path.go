package icon

import (
	"fmt"
	"strings"
)

// pen collects the outline of a picture. Solid parts run clockwise, holes the
// other way.
type pen struct{ strings.Builder }

func (p *pen) put(format string, args ...any) { _, _ = fmt.Fprintf(p, format, args...) }

// rect adds a solid rectangle.
func (p *pen) rect(x, y, w, h float64) { p.put("M%g %gh%gv%gh%gz", x, y, w, h, -w) }

// hole cuts a rectangle out.
func (p *pen) hole(x, y, w, h float64) { p.put("M%g %gv%gh%gv%gz", x, y, h, w, -h) }

// round adds a solid rectangle with round corners.
func (p *pen) round(x, y, w, h, r float64) {
	k := r * curve
	p.put("M%g %gh%gc%g 0 %g %g %g %gv%gc0 %g %g %g %g %gh%gc%g 0 %g %g %g %gv%gc0 %g %g %g %g %gz",
		x+r, y, w-2*r, k, r, r-k, r, r, h-2*r, k, k-r, r, -r, r, 2*r-w, -k, -r, k-r, -r, -r, 2*r-h, -k, r-k, -r, r, -r)
}

// roundHole cuts a rectangle with round corners out.
func (p *pen) roundHole(x, y, w, h, r float64) {
	k := r * curve
	p.put("M%g %gc%g 0 %g %g %g %gv%gc0 %g %g %g %g %gh%gc%g 0 %g %g %g %gv%gc0 %g %g %g %g %gz",
		x+r, y, -k, -r, r-k, -r, r, h-2*r, k, r-k, r, r, r, w-2*r, k, r, k-r, r, -r, 2*r-h, -k, k-r, -r, -r, -r)
}

// curve is how far the handles of a quarter circle stand out.
const curve = 0.5523

// shape adds a solid polygon; its points run clockwise.
func (p *pen) shape(points ...float64) {
	for i := 0; i+1 < len(points); i += 2 {
		verb := "L"
		if i == 0 {
			verb = "M"
		}
		p.put("%s%g %g", verb, points[i], points[i+1])
	}
	p.put("z")
}

// cut takes a polygon out; its points run clockwise, too.
func (p *pen) cut(points ...float64) {
	turned := make([]float64, 0, len(points))
	for i := len(points) - 2; i >= 0; i -= 2 {
		turned = append(turned, points[i], points[i+1])
	}
	p.shape(turned...)
}

// svg is the picture as a file, in units of a square.
func (p *pen) svg(units int, ink string) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"><path fill="%s" d="%s"/></svg>`+"\n",
		pixels, pixels, units, units, ink, p.String())
}

// pixels is the size pictures are drawn at; panels shrink them.
const pixels = 64
