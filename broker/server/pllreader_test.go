package server_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// This file reads answers as the client library of the Access Manager family
// does: through the first child of each Response, and with texts that begin at
// their tags. Where that library would go on with something wrong, this reader
// ends the test.

// responses sends a set and returns the inner document of each Response.
func (r *realm) responses(service string, requests ...string) []string {
	r.t.Helper()
	p := r.send(http.MethodPost, "/amserver/sessionservice", requestSet(service, requests...), "Content-Type", "text/xml;charset=UTF-8")
	if p.status != http.StatusOK {
		r.t.Fatalf("%d %s", p.status, p.body)
	}
	if kind := p.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/xml") {
		r.t.Errorf("content type %q", kind)
	}
	return readSet(r.t, p.body, "ResponseSet", "reqid", "Response", len(requests))
}

func requestSet(service string, requests ...string) string {
	set := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<RequestSet vers="1.0" svcid="` + service + `" reqid="10">` + "\n"
	for _, q := range requests {
		set += "<Request><![CDATA[" + q + "]]></Request>\n"
	}
	return set + "</RequestSet>"
}

// readSet holds the form of a set and returns what its members hold.
func readSet(t *testing.T, text, set, id, member string, count int) []string {
	t.Helper()
	head := regexp.MustCompile(`^<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\n<` + set + ` vers="[^"]*" svcid="[^"]*" ` + id + `="[^"]*">\n`)
	if !head.MatchString(text) {
		t.Fatalf("head of the set:\n%s", text)
	}
	var inner []string
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		if e, ok := token.(xml.StartElement); !ok || e.Name.Local != member {
			continue
		}
		if rest := text[d.InputOffset():]; !strings.HasPrefix(rest, "<![CDATA[") {
			t.Fatalf("the first child of %s is no CDATA section: %.40q", member, rest)
		}
		first, err := d.RawToken()
		chars, ok := first.(xml.CharData)
		if err != nil || !ok {
			t.Fatalf("%s: %v", member, err)
		}
		inner = append(inner, string(chars))
		if rest := text[d.InputOffset():]; !strings.HasPrefix(rest, "</"+member+">") {
			t.Fatalf("something stands behind the section: %.40q", rest)
		}
	}
	if len(inner) != count {
		t.Fatalf("%d %ss, want %d\n%s", len(inner), member, count, text)
	}
	if strings.Contains(strings.Join(inner, ""), "/>") {
		t.Errorf("an element is closed by itself:\n%s", text)
	}
	return inner
}

// sessionRead is a Session as the library holds it.
type sessionRead struct {
	id, state  string
	numbers    map[string]int
	properties map[string]string
}

// readSession wants all integers, a property and the user's id.
func readSession(t *testing.T, inner string) sessionRead {
	t.Helper()
	var x struct {
		Sessions []struct {
			Attrs      []xml.Attr `xml:",any,attr"`
			Properties []struct {
				Name  string `xml:"name,attr"`
				Value string `xml:"value,attr"`
			} `xml:"Property"`
		} `xml:"GetSession>Session"`
	}
	if err := xml.Unmarshal([]byte(inner), &x); err != nil || len(x.Sessions) != 1 {
		t.Fatalf("no session: %v\n%s", err, inner)
	}
	s := sessionRead{numbers: map[string]int{}, properties: map[string]string{}}
	attrs := map[string]string{}
	for _, a := range x.Sessions[0].Attrs {
		attrs[a.Name.Local] = a.Value
	}
	for _, name := range []string{"maxtime", "maxidle", "maxcaching", "timeidle", "timeleft"} {
		n, err := strconv.Atoi(attrs[name])
		if err != nil {
			t.Fatalf("%s is no integer: %q", name, attrs[name])
		}
		s.numbers[name] = n
	}
	s.id, s.state = attrs["sid"], attrs["state"]
	for _, p := range x.Sessions[0].Properties {
		s.properties[p.Name] = p.Value
	}
	if s.properties["UserId"] == "" {
		t.Fatal("no UserId")
	}
	return s
}

// exception returns the text that follows the tag at once.
func exception(inner string) string {
	_, rest, _ := strings.Cut(inner, "<Exception>")
	text, _, _ := strings.Cut(rest, "</Exception>")
	return text
}

// namingTable reads the table as the library does, and turns it round.
func namingTable(t *testing.T, inner, ticket string) map[string]string {
	t.Helper()
	var x struct {
		Attributes []struct {
			Name  string `xml:"name,attr"`
			Value string `xml:"value,attr"`
		} `xml:"GetNamingProfile>Attribute"`
	}
	if err := xml.Unmarshal([]byte(inner), &x); err != nil {
		t.Fatal(err)
	}
	table, ids := map[string]string{}, map[string]string{}
	server := regexp.MustCompile(`^[0-9]{2}$`)
	for _, a := range x.Attributes {
		if _, twice := table[a.Name]; twice {
			t.Errorf("%s stands twice", a.Name)
		}
		table[a.Name] = a.Value
		if server.MatchString(a.Name) {
			if other, twice := ids[a.Value]; twice {
				t.Errorf("servers %s and %s are one", other, a.Name)
			}
			ids[a.Value] = a.Name
		}
	}
	for entry := range strings.SplitSeq(table["iplanet-am-platform-server-list"], ",") {
		if ids[entry] == "" {
			t.Errorf("server %q has no id: the library asks again without end", entry)
		}
	}
	mark, _, _ := strings.Cut(ticket, "=@")
	if !strings.HasPrefix(strings.TrimPrefix(ticket, mark), "=@AAJTSQACMDE") {
		t.Fatal("the ticket names another server")
	}
	if !regexp.MustCompile(`^https://[^/:]+:[0-9]+$`).MatchString(table["01"]) {
		t.Errorf("server 01 is %q", table["01"])
	}
	return table
}

// request is one request of a method to the session service.
func request(method, inner string) string {
	name, _, _ := strings.Cut(method, " ")
	return fmt.Sprintf(`<SessionRequest vers="1.0" reqid="6"><%s>%s</%s></SessionRequest>`, method, inner, name)
}

func sid(ticket string) string { return "<SessionID>" + ticket + "</SessionID>" }
