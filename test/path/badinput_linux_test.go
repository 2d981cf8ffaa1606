package path_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/assets"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/card/virtual"
	"lanyard/card/virtual/fault"
	"lanyard/test/realmtest"
)

// foreignReader is a reader whose name is not of our letters.
const foreignReader = "Считыватель карт №1 00 00"

// brokenEntry follows the people of the directory: a person whose number is none.
const brokenEntry = "\ndn: uid=18,ou=People,o=nhs\nobjectClass: nhsPerson\nuid: 18\nsn: Broken\n"

// TestBadInput sends and shows what nobody should, to a server whose directory
// has a broken entry and to a desk whose reader has a foreign name. Each gets
// its own error, and after each a person signs on as ever.
func TestBadInput(t *testing.T) {
	book := &logBook{}
	r := realmtest.Start(t, realmtest.Options{
		Log: slog.New(slog.NewTextHandler(book, nil)), People: append(assets.DemoDirectory(), brokenEntry...),
	})
	if text := book.String(); !strings.Contains(text, "entry is not served") || !strings.Contains(text, "uid=18") {
		t.Errorf("the log of the directory does not name the broken entry:\n%s", text)
	}
	d, s := readerDesk(t, r, foreignReader, realmtest.OneRole)
	d.phase(t, agent.NoCard)
	works := func(t *testing.T) {
		t.Helper()
		if a := r.Assertion(t, d.signOn(t, cardOf(0))); !a.OK() {
			t.Errorf("a sign-on has no assertion: %s %s", a.Status, a.Message)
		}
		d.slot.Remove()
		d.gone(t)
	}
	t.Run("reader in Cyrillic", func(t *testing.T) {
		d.until(t, "the reader's name", patience, func(s agent.Snapshot) bool {
			return len(s.Readers) == 1 && string(s.Readers[0]) == foreignReader
		})
		works(t)
	})
	t.Run("wire", func(t *testing.T) { badRequests(t, r, works) })
	t.Run("card", func(t *testing.T) { badCards(t, d, s, works) })
	t.Run("card file", func(t *testing.T) { halfCard(t, r) })
}

// badRequests posts each request to validate.
func badRequests(t *testing.T, r *realmtest.Realm, works func(*testing.T)) {
	elsewhere := realmtest.Start(t, realmtest.Options{})
	w := newWireCard(t, r.CA, r, elsewhere)
	for _, c := range requests(t, w, r.Base, elsewhere.Base) {
		t.Run(c.name, func(t *testing.T) {
			status, o := w.post(t, r.Base+validate, c.body(t))
			entry, _ := failure.Lookup(c.code)
			if code, _ := o.Get("error_code"); code != string(c.code) || status != entry.Status {
				t.Errorf("got %s with status %d, want %s with %d", code, status, c.code, entry.Status)
			}
			if text, _ := o.Get("error_text"); !strings.Contains(text, entry.Text) {
				t.Errorf("the text is %q", text)
			}
			works(t)
		})
	}
	t.Run("external DTD", func(t *testing.T) {
		// Old clients name one. It is read over, and nobody asks for it:
		// nothing listens at the address.
		body := append([]byte(`<!DOCTYPE gpOBJECT SYSTEM "http://127.0.0.1:9/gpOBJECT.DTD">`), activation()...)
		status, o := w.post(t, r.Base+activate, body)
		if text, _ := o.Get("challenge"); status != http.StatusOK || text == "" {
			t.Errorf("status %d, challenge %q", status, text)
		}
		works(t)
	})
}

// badRequest is a request to validate and its refusal.
type badRequest struct {
	name string
	code failure.Code
	body func(t *testing.T) []byte
}

// requests are made by a card that the server at base would take.
func requests(t *testing.T, w *wireCard, base, elsewhere string) []badRequest {
	t.Helper()
	sent := w.request(t, base)
	if status, o := w.post(t, base+validate, sent); status != http.StatusOK {
		t.Fatalf("the request that is sent again was refused at first: %d %+v", status, o)
	}
	fixed := func(text string) func(*testing.T) []byte { return func(*testing.T) []byte { return []byte(text) } }
	return []badRequest{
		{"10 MB", failure.ReqUnreadable, func(t *testing.T) []byte {
			return append(bytes.Repeat([]byte(" "), 10<<20), w.request(t, base)...)
		}},
		{"nested entities", failure.ReqUnreadable, fixed(`<?xml version="1.0"?><!DOCTYPE USER [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>` +
			`<gpOBJECT><gpPARAM name="service">&c;</gpPARAM></gpOBJECT>`)},
		{"entity of an address", failure.ReqUnreadable, fixed(`<?xml version="1.0"?><!DOCTYPE USER [<!ENTITY x SYSTEM "` + base + `/healthz">]>` +
			`<gpOBJECT><gpPARAM name="service">&x;</gpPARAM></gpOBJECT>`)},
		{"duplicate parameter", failure.ReqUnreadable, func(t *testing.T) []byte {
			return bytes.Replace(w.request(t, base), []byte("</gpOBJECT>"), []byte(`<gpPARAM name="uid">900000000017</gpPARAM></gpOBJECT>`), 1)
		}},
		{"truncated CMS", failure.ReqUnreadable, func(t *testing.T) []byte {
			o := w.activate(t, base)
			der := w.signed(t, o)
			return w.envelope(o, der[:len(der)/2])
		}},
		{"certificate of another authority", failure.CertUntrusted, func(t *testing.T) []byte {
			stranger := *w
			stranger.certify(t, otherAuthority(t))
			return stranger.request(t, base)
		}},
		{"answer sent again", failure.ChallengeStale, fixed(string(sent))},
		{"challenge of another server", failure.ChallengeStale, func(t *testing.T) []byte { return w.request(t, elsewhere) }},
	}
}

// badCards shows the desk cards and passcodes that cannot be.
func badCards(t *testing.T, d *desk, s *readerSlot, works func(*testing.T)) {
	problem := func(t *testing.T, code failure.Code) agent.Snapshot {
		t.Helper()
		return d.until(t, string(code), patience, func(s agent.Snapshot) bool { return s.Problem != nil && s.Problem.Code == code })
	}
	t.Run("ATR of no octets", func(t *testing.T) {
		if err := s.service.Insert(foreignReader, noATR{}); err != nil {
			t.Fatal(err)
		}
		problem(t, failure.CardMute)
		if err := s.service.Remove(foreignReader); err != nil {
			t.Fatal(err)
		}
		d.until(t, "no more of it", patience, func(s agent.Snapshot) bool { return s.Problem == nil && s.Phase == agent.NoCard })
		works(t)
	})
	t.Run("passcode of 300 characters", func(t *testing.T) {
		p := d.insert(t, cardOf(0), "")
		d.typePIN(t, strings.Repeat("7", 300))
		if shot := problem(t, failure.PINFormat); !shot.PINWanted {
			t.Error("the passcode is not asked for again")
		}
		if tally := p.Tally(); tally != (fault.Tally{}) {
			t.Errorf("it was sent to the card: %+v", tally)
		}
		d.typePIN(t, realmtest.PIN())
		d.phase(t, agent.SignedOn)
		d.slot.Remove()
		d.gone(t)
		works(t)
	})
}

// noATR is a card that says nothing when it is switched on.
type noATR struct{}

func (noATR) ATR() []byte { return nil }

func (noATR) Transmit([]byte) ([]byte, error) { return nil, errors.New("never asked") }

// halfCard cuts a card's file in half before it goes in, and while it is in.
func halfCard(t *testing.T, r *realmtest.Realm) {
	dir := filepath.Join(t.TempDir(), "cards")
	for i := range 3 {
		r.Card(t, dir, cardOf(i), realmtest.OneRole)
	}
	d := newDesk(t, r, virtual.NewDrawer(dir, r.Device, new(card.Generations), discard), agent.Normal)
	d.phase(t, agent.NoCard)
	cut := func(i int) {
		file := filepath.Join(dir, cardOf(i)+".card")
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(file, info.Size()/2); err != nil {
			t.Fatal(err)
		}
	}
	cut(0)
	if err := d.slot.Insert(t.Context(), cardOf(0), fault.NewPlayer(nil)); !errors.Is(err, virtual.ErrDamaged) {
		t.Errorf("put in: %v", err)
	}
	d.insert(t, cardOf(1), "")
	d.until(t, "the question for the passcode", patience, func(s agent.Snapshot) bool { return s.PINWanted })
	cut(1)
	d.typePIN(t, realmtest.PIN())
	d.until(t, string(failure.VCardDamaged), patience, func(s agent.Snapshot) bool {
		return s.Problem != nil && s.Problem.Code == failure.VCardDamaged
	})
	d.slot.Remove()
	d.gone(t)
	if a := r.Assertion(t, d.signOn(t, cardOf(2))); !a.OK() {
		t.Errorf("a sign-on has no assertion: %s %s", a.Status, a.Message)
	}
}
