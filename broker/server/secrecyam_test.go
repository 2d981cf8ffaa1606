package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lanyard/broker/server"
)

// TestNoTicketInTheLogOfSessionAPI sends tickets in every place of the session
// API, and looks for them in a log of the lowest level and in each refusal.
func TestNoTicketInTheLogOfSessionAPI(t *testing.T) {
	app := newApplication(t)
	r := start(t, func(c *server.Config) { c.AccessManager.Listeners = []string{app.host()} })
	ticket := r.signOnGrace()
	escaped := url.QueryEscape(ticket)
	for _, path := range []string{
		"/json/sessions/" + escaped + "?_action=fly", "/json/sessions/" + escaped + "/" + escaped, "/json/sessions/?" + escaped,
		"/identity/attributes?subjectid=" + escaped + "&subjectid=" + escaped, "/identity/isTokenValid?tokenid=" + escaped + "%zz",
		"/identity/" + escaped, "/sessionservice?" + escaped, "/SAMLSOAPReceiver?" + escaped,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			for _, body := range []string{
				"", ticket, "<" + ticket + ">", "<!DOCTYPE a>" + requestSet("session", ticket), requestSet(ticket, request("GetSession", sid(ticket))),
				requestSet("session", request("GetSession", sid(ticket)+sid(ticket))),
				soapRequest(samlQuery("AttributeQuery", ticket, ticket+"</a:SubjectConfirmationData><a:SubjectConfirmationData>"+ticket)),
			} {
				p := r.send(method, "/amserver"+path, body)
				if strings.Contains(p.body, ticket[10:40]) {
					t.Errorf("%s %s: %s", method, path, p.body)
				}
			}
		}
	}
	r.responses("session", listenTo(ticket, app.URL+"/n?"+escaped), listenTo(ticket, "http://127.0.0.1:1/"+escaped))
	r.logout(ticket)
	app.next(t)
	r.stop()
	if log := r.log.String(); strings.Contains(log, ticket[10:40]) {
		t.Error("a ticket is in the log")
	}
}
