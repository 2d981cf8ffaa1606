package pll_test

import (
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lanyard/broker/wire/pll"
)

const ticket = "AQICabc=@AAJTSQACMDE=#"

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSuffix(string(want), "\n") {
		t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
	}
}

func requests(t *testing.T, text string) *pll.Set {
	t.Helper()
	s, err := pll.ParseRequests([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const twoRequests = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<RequestSet vers="1.0" svcid="Session" reqid="10">
<Request><![CDATA[<SessionRequest vers="1.0" reqid="6" requester="dG9rZW46QVFJQw==">
<GetSession reset="true">
<SessionID>AQICabc=@AAJTSQACMDE=#</SessionID>
</GetSession>
</SessionRequest>]]></Request>
<Request>
<![CDATA[<SessionRequest vers="1.0" reqid="7"><AddSessionListener><URL>https://app.example/n?a=1&amp;b=2</URL><SessionID>AQICabc=@AAJTSQACMDE=#</SessionID></AddSessionListener></SessionRequest>]]>
</Request>
</RequestSet>
`

func TestSessionRequests(t *testing.T) {
	set := requests(t, twoRequests)
	if !set.Is("session") || set.Is("naming") || set.ID != "10" || len(set.Inner) != 2 {
		t.Fatalf("%+v", set)
	}
	get, err := pll.ParseSession(set.Inner[0])
	if err != nil || get.Method != pll.GetSession || !get.Reset || get.Session != ticket || get.Requester != pll.TokenRequester || get.ID != "6" {
		t.Errorf("%+v, %v", get, err)
	}
	listen, err := pll.ParseSession(set.Inner[1])
	if err != nil || listen.Method != pll.AddSessionListener || listen.URL != "https://app.example/n?a=1&b=2" || listen.Requester != pll.NoRequester {
		t.Errorf("%+v, %v", listen, err)
	}
	s := pll.Session{
		ID: ticket, Client: "uid=900000000017,ou=People,o=nhs", Domain: "o=nhs", State: pll.StateValid,
		MaxTime: 10 * time.Hour, MaxIdle: 10 * time.Hour, TimeIdle: 900 * time.Millisecond, TimeLeft: 35990*time.Second + 1,
		Properties: []pll.Property{{Name: "SessionHandle", Value: "shandle:" + ticket}, {Name: "odd", Value: `a&b<c>"d"'e'/+=@#]]>`}},
	}
	golden(t, "session-answer.xml", set.AppendResponses(nil, [][]byte{get.AppendSession(nil, &s), listen.AppendException(nil, ticket+" Invalid session ID."+ticket)}))
	n := pll.Set{Version: "1.0", Service: "session", ID: "3"}
	note := n.AppendNotification(nil, pll.AppendEvent(nil, "3", &s, pll.LoggedOut, time.UnixMilli(1792400000123)))
	golden(t, "notification.xml", note)
	read, err := pll.ParseNotifications(note)
	if err != nil || len(read.Inner) != 1 || read.ID != "3" || xml.Unmarshal([]byte(read.Inner[0]), new(struct{})) != nil {
		t.Errorf("%+v, %v", read, err)
	}
	set.Inner[1] = `<SessionRequest vers="1.0" reqid="7"><Logout><SessionID>x</SessionID></Logout></SessionRequest>`
	out, err := pll.ParseSession(set.Inner[1])
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out.AppendOK(nil)); got != `<SessionResponse vers="1.0" reqid="7"><Logout><OK></OK></Logout></SessionResponse>` {
		t.Error(got)
	}
}

func TestNaming(t *testing.T) {
	set := requests(t, `<RequestSet vers="1.0" svcid="com.iplanet.am.naming" reqid="1"><Request><![CDATA[<NamingRequest vers="3.0" reqid="2" sessid="T"><GetNamingProfile></GetNamingProfile></NamingRequest>]]></Request></RequestSet>`)
	n, err := pll.ParseNaming(set.Inner[0])
	if err != nil || n.Method != pll.GetNamingProfile || n.Session != "T" {
		t.Fatalf("%+v, %v", n, err)
	}
	golden(t, "naming-answer.xml", set.AppendResponses(nil, [][]byte{n.AppendProfile(nil, []pll.Property{{Name: "01", Value: "https://gas.example:443"}})}))
	if got := string(n.AppendException(nil, "a<b")); got != `<NamingResponse vers="1.0" reqid="2"><GetNamingProfile><Exception>a&lt;b</Exception></GetNamingProfile></NamingResponse>` {
		t.Error(got)
	}
}

func TestRefusedSets(t *testing.T) {
	ok := `<RequestSet vers="1.0" svcid="session" reqid="1"><Request>x</Request></RequestSet>`
	requests(t, "\uFEFF <!-- blanks and a mark --> "+ok+"\r\n")
	for name, text := range map[string]string{
		"empty":               "",
		"text":                "OpenSSO",
		"document type":       "<!DOCTYPE RequestSet>" + ok,
		"entity":              `<!DOCTYPE a [<!ENTITY e "x">]>` + strings.Replace(ok, ">x<", ">&e;<", 1),
		"unknown entity":      strings.Replace(ok, ">x<", ">&e;<", 1),
		"two roots":           ok + ok,
		"text behind":         ok + ticket,
		"not closed":          strings.TrimSuffix(ok, "</RequestSet>"),
		"no request":          `<RequestSet vers="1.0" svcid="session" reqid="1"></RequestSet>`,
		"another root":        `<ResponseSet><Request>x</Request></ResponseSet>`,
		"a stranger":          strings.ReplaceAll(ok, "Request>", "Reply>"),
		"element in request":  strings.Replace(ok, ">x<", "><a/><", 1),
		"attribute twice":     strings.Replace(ok, `vers="1.0"`, `vers="1.0" vers="1.0"`, 1),
		"deep":                strings.Repeat("<RequestSet>", 100) + strings.Repeat("</RequestSet>", 100),
		"many":                strings.Replace(ok, "<Request>x</Request>", strings.Repeat("<Request>x</Request>", 33), 1),
		"larger than may be":  ok + strings.Repeat(" ", pll.MaxSize),
		"another encoding":    `<?xml version="1.0" encoding="UTF-16"?>` + ok,
		"octets of no letter": strings.Replace(ok, ">x<", ">\xff<", 1),
	} {
		if _, err := pll.ParseRequests([]byte(text)); !errors.Is(err, pll.ErrUnreadable) || strings.Contains(err.Error(), ticket) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	for name, inner := range map[string]string{
		"no method":         "",
		"two methods":       "<Logout><SessionID>T</SessionID></Logout><GetSession><SessionID>T</SessionID></GetSession>",
		"no session":        "<GetSession></GetSession>",
		"two sessions":      "<GetSession><SessionID>T</SessionID><SessionID>U</SessionID></GetSession>",
		"no property":       "<SetProperty><SessionID>T</SessionID></SetProperty>",
		"nothing to end":    "<DestroySession><SessionID>T</SessionID></DestroySession>",
		"no address":        "<AddSessionListener><SessionID>T</SessionID></AddSessionListener>",
		"method of no name": "<Ge-t><SessionID>T</SessionID></Ge-t>",
	} {
		if r, err := pll.ParseSession(`<SessionRequest vers="1.0" reqid="1">` + inner + `</SessionRequest>`); !errors.Is(err, pll.ErrUnreadable) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	for text, want := range map[string]pll.Requester{"": pll.NoRequester, "dG9rZW46VA==": pll.TokenRequester, "b2JqZWN0OnJPMEFC": pll.ForeignRequester, "%": pll.ForeignRequester} {
		r, err := pll.ParseSession(`<SessionRequest reqid="1" requester="` + text + `"><Logout><SessionID>T</SessionID></Logout></SessionRequest>`)
		if err != nil || r.Requester != want {
			t.Errorf("requester %q: %+v, %v", text, r, err)
		}
	}
}

// FuzzRequests: whatever is read, its answer is XML with one Response for each
// request, and each Response begins with its CDATA section.
func FuzzRequests(f *testing.F) {
	f.Add(twoRequests)
	f.Add(`<RequestSet vers="]]&gt;" svcid="naming" reqid="&quot;"><Request>&lt;NamingRequest reqid="&amp;lt;"&gt;&lt;GetNamingProfile/&gt;&lt;/NamingRequest&gt;</Request></RequestSet>`)
	f.Add(`<!DOCTYPE a [<!ENTITY b "c">]><RequestSet/>`)
	f.Fuzz(func(t *testing.T, text string) {
		set, err := pll.ParseRequests([]byte(text))
		if err != nil {
			return
		}
		answers := make([][]byte, len(set.Inner))
		for i, inner := range set.Inner {
			if s, err := pll.ParseSession(inner); err == nil {
				answers[i] = s.AppendException(nil, s.Session+s.URL)
			} else if n, err := pll.ParseNaming(inner); err == nil {
				answers[i] = n.AppendProfile(nil, []pll.Property{{Name: n.Session, Value: n.Session}})
			}
		}
		out := set.AppendResponses(nil, answers)
		var read struct {
			Service   string   `xml:"svcid,attr"`
			Responses []string `xml:"Response"`
		}
		if err := xml.Unmarshal(out, &read); err != nil || len(read.Responses) != len(set.Inner) {
			t.Fatalf("%v: %d responses to %d requests\n%s", err, len(read.Responses), len(set.Inner), out)
		}
		for i := range answers {
			if read.Responses[i] != string(answers[i]) {
				t.Fatalf("%q becomes %q", answers[i], read.Responses[i])
			}
			if len(answers[i]) > 0 && xml.Unmarshal(answers[i], new(struct{})) != nil {
				t.Fatalf("no XML: %s", answers[i])
			}
		}
	})
}
