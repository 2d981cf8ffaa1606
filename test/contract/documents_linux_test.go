package contract_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestDocuments: the forms in which a request's document may come.
func TestDocuments(t *testing.T) {
	d, _ := newDesk(t, false)
	plain := activation("")
	_, bare, _ := strings.Cut(plain, "<gpOBJECT>")
	for name, body := range map[string]string{
		"white space before it":     " \r\n\t  " + activation("        "),
		"a mark before it":          "\ufeff" + plain,
		"white space behind it":     plain + "\n\n  ",
		"lines that end in CRLF":    strings.ReplaceAll(activation("    "), "\n", "\r\n"),
		"lines that end in CR":      strings.ReplaceAll(activation("    "), "\n", "\r"),
		"one line":                  strings.ReplaceAll(plain, "\n", ""),
		"white space round values":  strings.NewReplacer(">ACT", ">\n    ACT", "ION<", "ION\n<", ">Ao9qufl+uA<", "> Ao9qufl+uA <").Replace(plain),
		"no declaration, no DTD":    "<gpOBJECT>" + bare,
		"a public DTD":              strings.Replace(plain, `SYSTEM "gpOBJECT.DTD"`, `PUBLIC "-//NHS//DTD gpOBJECT//EN" "https://gas.example/login/dtd"`, 1),
		"single quotes":             strings.ReplaceAll(plain, `"`, `'`),
		"blanks in tags":            strings.NewReplacer(`name="`, "  name = \n\"", "\">", "\" >", "</gpPARAM>", "</gpPARAM >").Replace(plain),
		"comments":                  strings.ReplaceAll(plain, "<gpPARAM", "<!-- a <gpPARAM> & more -->\n<gpPARAM"),
		"sections and references":   strings.NewReplacer(">NHST<", "><![CDATA[NHST]]><", ">ACTIVATION<", ">&#65;CTIVATIO&#x4e;<").Replace(plain),
		"bare ampersand and quotes": strings.Replace(plain, "79781416", `A & B "WARD" &c; <![CDATA[<&>]]>`, 1),
		"empty elements":            strings.Replace(plain, "</gpOBJECT>", `<gpPARAM name="mobility"/><gpPARAM name="card_type"></gpPARAM></gpOBJECT>`, 1),
		"attributes of later":       strings.ReplaceAll(plain, "<gpPARAM ", `<gpPARAM type="text" `),
	} {
		activated(t, name, d.send(http.MethodPost, "/login/authactivate", body), d.host)
	}
	activated(t, "as large as may be", d.send(http.MethodPost, "/login/authactivate", plain+strings.Repeat(" ", 64<<10-len(plain))), d.host)
	long := strings.Repeat("ö", 64)
	if p := d.send(http.MethodPost, "/login/authactivate", strings.Replace(plain, "Ao9qufl+uA", long, 1)); value(p.body, "log_session_id") != long {
		t.Errorf("log_session_id of 64 characters: %d %s", p.status, p.body)
	}
	p := d.send(http.MethodPost, "/login/authactivate", strings.Replace(plain, "Ao9qufl+uA", long+"x", 1))
	refusedLogin(t, p, http.StatusBadRequest, "REQ-UNREADABLE", "Invalid input request")
}

// TestDTD: the DTD that the documents name is there, and they are valid by it.
func TestDTD(t *testing.T) {
	d, s := newDesk(t, false)
	welcome := d.signOn(s.signer())
	address := regexp.MustCompile(`<!DOCTYPE USER SYSTEM "([^"]+)">`).FindStringSubmatch(welcome.body)[1]
	s.write("gp.dtd", []byte(d.send(http.MethodGet, address, "").body))
	for name, p := range map[string]reply{"welcome.xml": welcome, "refused.xml": d.send(http.MethodPost, "/login/authvalidate", "")} {
		s.write(name, []byte(p.body))
		out, err := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--dtdvalid", s.path("gp.dtd"), s.path(name)).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestLogoutOfOldHTTP: GET with a body, as HTTP/1.0 and without a connection kept.
func TestLogoutOfOldHTTP(t *testing.T) {
	d, s := newDesk(t, false)
	w := s.signer()
	for _, head := range []string{"GET /login/authlogout HTTP/1.0", "GET /login/authlogout HTTP/1.1\r\nHost: x\r\nConnection: close"} {
		ticket := value(d.signOn(w).body, "sso_ticket")
		body := document("  ", "service", "LOGOUT", "sso_ticket", ticket, "uid", string(grace))
		p := d.wire(fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n%s", head, len(body), body))
		agreed(t, head, p)
		if p.open {
			t.Errorf("%s: the connection was kept", head)
		}
		nobody(t, d.assertion(ticket))
	}
}
