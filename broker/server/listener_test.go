package server_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lanyard/broker/server"
)

// application listens to sessions.
type application struct {
	*httptest.Server
	got chan string
}

func newApplication(t *testing.T) *application {
	t.Helper()
	a := &application{got: make(chan string, 16)}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "OK")
		a.got <- string(body)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *application) host() string { return strings.TrimPrefix(a.URL, "http://") }

// next returns the type, session and state of the next notification.
func (a *application) next(t *testing.T) string {
	t.Helper()
	var text string
	select {
	case text = <-a.got:
	case <-time.After(20 * time.Second):
		t.Fatal("no notification came")
	}
	inner := readSet(t, text, "NotificationSet", "notid", "Notification", 1)[0]
	var n struct {
		Session struct {
			ID    string `xml:"sid,attr"`
			State string `xml:"state,attr"`
		}
		Type int
		Time int64
	}
	if err := xml.Unmarshal([]byte(inner), &n); err != nil || n.Time == 0 {
		t.Fatalf("%v\n%s", err, inner)
	}
	return fmt.Sprintf("%d %s %s", n.Type, n.Session.State, n.Session.ID)
}

func listenTo(ticket, address string) string {
	return request("AddSessionListener", "<URL>"+address+"</URL>"+sid(ticket))
}

func TestListeners(t *testing.T) {
	app := newApplication(t)
	r := start(t, func(c *server.Config) { c.AccessManager.Listeners = []string{app.host()} })
	ticket, second, third := r.signOnGrace(), r.signOnGrace(), r.signOnGrace()
	const ok = `<SessionResponse vers="1.0" reqid="6"><AddSessionListener><OK></OK></AddSessionListener></SessionResponse>`
	spelt := c66(ticket)
	inner := r.responses("session", request(`GetSession reset="true"`, sid(spelt)), listenTo(spelt, app.URL+"/n"), listenTo(second, app.URL+"/n"), listenTo(third, app.URL+"/n"))
	for _, answer := range inner[1:] {
		if answer != ok {
			t.Error(answer)
		}
	}
	if got := exception(r.responses("session", listenTo(ticket, "http://127.0.0.1:1/"))[0]); got != ticket+" No privilege to perform this operation." {
		t.Errorf("another host: %q", got)
	}
	set := request("SetProperty", sid(ticket)+`<Property name="ward" value="7 &amp; 8"></Property>`)
	if got := r.responses("session", set)[0]; got != `<SessionResponse vers="1.0" reqid="6"><SetProperty><OK></OK></SetProperty></SessionResponse>` {
		t.Error(got)
	}
	expected := func(want string) {
		t.Helper()
		if got := app.next(t); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	expected("6 valid " + spelt)
	if got := r.getSession(ticket, false); !strings.Contains(got, `<Property name="ward" value="7 &amp; 8"></Property></Session>`) {
		t.Error(got)
	}
	r.logout(ticket)
	expected("3 destroyed " + spelt)
	r.responses("session", request("DestroySession", sid(third)+"<DestroySessionID>"+second+"</DestroySessionID>"))
	expected("5 destroyed " + second)
	r.clock.add(time.Hour)
	r.getSession(third, false)
	expected("1 invalid " + third)
	if log := r.log.String(); strings.Contains(log, ticket[10:40]) || strings.Contains(log, second[10:40]) {
		t.Error("a ticket is in the log")
	}
}

// TestPropertyLimits: 32 properties of a kB each, and none more.
func TestPropertyLimits(t *testing.T) {
	r := start(t)
	ticket := r.signOnGrace()
	set := func(name, value string) string {
		return r.responses("session", request("SetProperty", sid(ticket)+`<Property name="`+name+`" value="`+value+`"></Property>`))[0]
	}
	for i := range 32 {
		if got := set(fmt.Sprintf("p%02d", i), strings.Repeat("x", 1021)); !strings.Contains(got, "<OK></OK>") {
			t.Fatalf("property %d: %s", i, got)
		}
	}
	for name, value := range map[string]string{"one": "more", "p00": strings.Repeat("x", 1022), "USERID": "1", "am.protected.x": "1", "": "1"} {
		if got := exception(set(name, value)); got != ticket+" No privilege to perform this operation." {
			t.Errorf("%s: %q", name, got)
		}
	}
	readSession(t, r.getSession(ticket, false))
}
