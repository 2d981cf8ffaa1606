package broker_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"time"

	"lanyard/broker"
	"lanyard/broker/failure"
)

func TestTicketIsNeverShown(t *testing.T) {
	ticket := broker.NewTicket("AQICverysecret=@AAJTSQACMDE=#")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("given", "ticket", ticket, "in", struct{ T broker.Ticket }{ticket})
	shown := log.String() + fmt.Sprintf("%v %+v %#v %s %x %q", ticket, ticket, ticket, ticket, ticket, ticket) + fmt.Sprint([]broker.Ticket{ticket})
	if b, err := json.Marshal(ticket); err == nil {
		t.Errorf("a ticket was encoded: %s", b)
	}
	for _, secret := range []string{"verysecret", fmt.Sprintf("%x", "verysecret")} {
		if strings.Contains(shown, secret) {
			t.Errorf("shown: %s", shown)
		}
	}
	if ticket.Reveal() != "AQICverysecret=@AAJTSQACMDE=#" || ticket.IsZero() || !broker.NewTicket("").IsZero() {
		t.Error("the ticket itself is wrong")
	}
}

func TestParseUID(t *testing.T) {
	for s, ok := range map[string]bool{"900000000017": true, "90000000001": false, "9000000000170": false, "90000000001x": false, "": false, "٩00000000017": false} {
		if _, err := broker.ParseUID(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestUIDOf(t *testing.T) {
	for cn, want := range map[string]broker.UID{
		"900000000017": "900000000017", "900000000017_GRACE OKAFOR": "900000000017", "Grace Okafor 900000000017": "900000000017",
		"1900000000017": "", "Grace Okafor": "", "": "",
	} {
		got, err := broker.UIDOf(&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: cn}})
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", cn, got, err)
		}
	}
}

func TestRoles(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	u := broker.User{Surname: "Okafor", GivenName: "Grace", Roles: []broker.RoleProfile{
		{ID: "1", JobRole: `"Clinical":"Clinical Provision":"Nurse Access Role"`},
		{ID: "2", Close: now.Add(time.Second)},
		{ID: "3", Close: now},
		{ID: "4", Open: now.Add(time.Hour)},
	}}
	var open []string
	for _, r := range u.OpenRoles(now) {
		open = append(open, string(r.ID))
	}
	if got := strings.Join(open, ","); got != "1,2,4" {
		t.Errorf("open: %s", got)
	}
	if _, ok := u.OpenRole("3", now); ok {
		t.Error("a closed role is open")
	}
	if r, ok := u.OpenRole("1", now); !ok || r.RoleName() != "Nurse Access Role" {
		t.Errorf("role 1: %v %q", ok, r.RoleName())
	}
	if u.CN() != "Okafor Grace" || u.DisplayName() != "Grace Okafor" {
		t.Errorf("names: %q, %q", u.CN(), u.DisplayName())
	}
}

func TestRefusalUnwraps(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("validate: %w", &broker.Refusal{Code: failure.SigWrong, Cause: cause})
	var r *broker.Refusal
	if !errors.As(err, &r) || r.Code != failure.SigWrong || !errors.Is(err, cause) {
		t.Error(err)
	}
}
