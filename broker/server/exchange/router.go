package exchange

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lanyard/broker/failure"
)

// retryAfter is what a caller is told to wait when the server or what stands
// behind it is not there at the moment, in seconds.
const retryAfter = "2"

// Func answers a request. An error is a refusal ([broker.Refusal]) or a fault
// that nobody foresaw.
type Func func(ctx context.Context, r *Request) (*Answer, error)

// Form is how a route says no. The id finds the request in the server's log.
type Form func(f failure.Entry, r *Request) *Answer

// Route is what a path answers.
type Route struct {
	Methods []string
	Form    Form
	Answer  Func
}

// Router is the server's HTTP handler. Routes are added before it serves.
type Router struct {
	routes map[string]Route
	under  map[string]Route // by what paths begin with
	gate   *Gate
	limit  time.Duration
	log    *slog.Logger
}

// NewRouter makes a router without routes; each request has limit to be
// answered once it was read.
func NewRouter(g *Gate, limit time.Duration, log *slog.Logger) *Router {
	return &Router{routes: map[string]Route{}, under: map[string]Route{}, gate: g, limit: limit, log: log}
}

// Add mounts a route at a path, which is matched exactly.
func (rt *Router) Add(path string, r Route) {
	if _, ok := rt.routes[path]; ok {
		panic("exchange: two routes at " + path)
	}
	rt.routes[path] = r
}

// AddUnder mounts a route at all paths that begin with a folder and go on; the
// rest is the request's Rest. Folders do not stand in one another.
func (rt *Router) AddUnder(folder string, r Route) {
	if _, ok := rt.under[folder]; ok || !strings.HasSuffix(folder, "/") {
		panic("exchange: two routes or no folder at " + folder)
	}
	rt.under[folder] = r
}

// find returns the route of a path, its name for the log and what is behind it.
func (rt *Router) find(path string) (route Route, name, rest string, ok bool) {
	path = "/" + strings.TrimLeft(path, "/") // base addresses of clients may end in a slash
	if route, ok = rt.routes[path]; ok {
		return route, path, "", true
	}
	for folder, route := range rt.under {
		if rest, in := strings.CutPrefix(path, folder); in && rest != "" {
			return route, folder, rest, true
		}
	}
	return Route{Form: Plain}, "(none)", "", false
}

// ServeHTTP reads a request, has it answered and logs it.
func (rt *Router) ServeHTTP(w http.ResponseWriter, h *http.Request) {
	start := time.Now()
	route, path, rest, ok := rt.find(h.URL.Path)
	id := newID()
	w.Header().Set("X-Request-Id", id)
	r, err := read(h, id)
	r.Rest = rest
	var a *Answer
	var entry failure.Entry
	switch {
	case err != nil:
	case !ok:
		a = notFound()
	case !slices.Contains(route.Methods, h.Method):
		err = Unreadable(errors.New("method is not one of this address"))
	default:
		a, err = rt.work(h.Context(), route, r)
	}
	if err != nil {
		entry = entryOf(refusalOf(err).Code)
		a = route.Form(entry, r)
		if entry.Status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", retryAfter)
		}
	}
	status, werr := a.write(w)
	code := a.Code
	a.release()
	rt.report(h, path, r, outcome{status, code, err, werr, time.Since(start)})
}

// work has a request answered at a place of the gate, within its time.
func (rt *Router) work(ctx context.Context, route Route, r *Request) (a *Answer, err error) {
	if err := rt.gate.enter(ctx); err != nil {
		return nil, Refuse(failure.Busy, err)
	}
	defer rt.gate.leave()
	limit := within(ctx, rt.limit)
	defer limit.over()
	defer func() {
		if p := recover(); p != nil {
			rt.log.Error("request ended in a panic", "id", r.ID, "kind", fmt.Sprintf("%T", p), "stack", frames())
			a, err = nil, Refuse(failure.Internal, fmt.Errorf("panic of kind %T", p))
		}
	}()
	return route.Answer(limit, r)
}

// outcome is how a request ended, for the log.
type outcome struct {
	status  int
	code    failure.Code // of an answer that says no without an error
	refusal error
	write   error
	took    time.Duration
}

// report writes the one line that a request leaves in the log.
func (rt *Router) report(h *http.Request, path string, r *Request, o outcome) {
	level, code := slog.LevelInfo, string(o.code)
	ctx := context.WithoutCancel(h.Context())
	attrs := make([]slog.Attr, 0, 9)
	switch {
	case o.refusal != nil:
		ref := refusalOf(o.refusal)
		code = string(ref.Code)
		if ref.Code == failure.Internal {
			level = slog.LevelError
		}
		if ref.Cause != nil {
			attrs = append(attrs, slog.String("cause", ref.Cause.Error()))
		}
	case code == "":
		code = "DONE"
	}
	if errors.Is(h.Context().Err(), context.Canceled) {
		code = "CALLER-GONE"
	}
	if o.write != nil {
		attrs = append(attrs, slog.String("write", o.write.Error()))
	}
	attrs = append(attrs,
		slog.String("id", r.ID), slog.String("method", methodOf(h.Method)), slog.String("path", path),
		slog.String("code", code), slog.Int("status", o.status),
		slog.Float64("ms", float64(o.took.Microseconds())/1000), slog.String("caller", r.Caller))
	// Past the Logger, which would look up on the stack who calls it.
	if to := rt.log.Handler(); to.Enabled(ctx, level) {
		line := slog.NewRecord(time.Now(), level, "request", 0)
		line.AddAttrs(attrs...)
		_ = to.Handle(ctx, line) // as the Logger does: a log that fails has nobody to tell
	}
}

// methodOf names a method for the log: what is no method may be anything.
func methodOf(m string) string {
	switch m {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodPut, http.MethodDelete,
		http.MethodOptions, http.MethodPatch, http.MethodConnect, http.MethodTrace:
		return m
	default:
		return "(other)"
	}
}

// frames names the functions on the stack, the latest first. The text of a
// panic and the arguments of functions may hold secrets and are left out.
func frames() string {
	pcs := make([]uintptr, 32)
	const here = 3 // runtime.Callers, frames and the deferred function
	stack := runtime.CallersFrames(pcs[:runtime.Callers(here, pcs)])
	var b strings.Builder
	for more := true; more; {
		var f runtime.Frame
		f, more = stack.Next()
		fmt.Fprintf(&b, "%s:%d ", f.Function, f.Line)
	}
	return strings.TrimSpace(b.String())
}

// newID makes a request's id: it has to be unlike the others, not secret, and
// is hexadecimal so that it never spells a word that clients search for.
func newID() string {
	s := strconv.FormatUint(rand.Uint64(), 16)
	return "0000000000000000"[len(s):] + s
}
