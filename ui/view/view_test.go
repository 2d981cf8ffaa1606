package view_test

import (
	"strings"
	"testing"
	"time"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
	"lanyard/ui/view"
	"lanyard/ui/words"
)

func TestEveryPhaseHasWords(t *testing.T) {
	for p := agent.NoReader; p <= agent.Locked; p++ {
		st := view.StatusOf(words.Book{}, agent.Snapshot{Phase: p, UserName: "Grace Okafor"})
		if st.Title == "" || st.Sentence == "" || st.Title == p.String() {
			t.Errorf("%v: no words: %+v", p, st)
		}
	}
}

func TestEveryFailureHasWords(t *testing.T) {
	for _, e := range failure.All() {
		st := view.StatusOf(words.Book{}, agent.Snapshot{Phase: agent.NeedPIN, Problem: &agent.Problem{Code: e.Code, Retries: 2}})
		if st.Title == "" || st.Sentence == "" || st.Code != e.Code {
			t.Errorf("%s: %+v", e.Code, st)
		}
	}
}

func TestStatus(t *testing.T) {
	until := time.Date(2026, 11, 24, 18, 2, 0, 0, time.Local)
	for _, c := range []struct {
		name string
		s    agent.Snapshot
		want string
	}{
		{"wrong, two left", agent.Snapshot{Phase: agent.NeedPIN, Problem: &agent.Problem{Code: failure.PINWrong, Retries: 2}}, "That was not the right passcode. | 2 tries left. Take your time."},
		{"last", agent.Snapshot{Phase: agent.NeedPIN, Problem: &agent.Problem{Code: failure.PINLast, Retries: 1}}, "One try left | If the next one is wrong too, the card locks and has to be unlocked before you can use it."},
		{"ready", agent.Snapshot{Phase: agent.NeedPIN, Card: &agent.CardView{Label: "Grace Okafor", Retries: 3}}, "Grace Okafor | 6 to 8 digits."},
		{"ready, one left", agent.Snapshot{Phase: agent.NeedPIN, Card: &agent.CardView{Label: "Grace Okafor", Retries: 1}}, "Grace Okafor | 6 to 8 digits, 1 try left."},
		{"signed out, card in", agent.Snapshot{Phase: agent.NoCard, Card: &agent.CardView{}}, "Nobody is signed on | The card is in. Press Enter to sign on with it, or take it out."},
		{"locked desk", agent.Snapshot{Phase: agent.Locked, UserName: "Grace Okafor"}, "Put Grace Okafor's card back to go on | Or another card to change user."},
		{"expired", agent.Snapshot{Phase: agent.NeedPIN, Problem: &agent.Problem{Code: failure.CardExpired}, Card: &agent.CardView{Expires: until}}, "This card ran out on 24 November 2026 | Your Registration Authority can renew them."},
	} {
		st := view.StatusOf(words.Book{}, c.s)
		if got := st.Title + " | " + st.Sentence; got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestPerson(t *testing.T) {
	s := agent.Snapshot{
		UID: "900000000017", UserName: "Grace Okafor",
		Role:  &agent.RoleView{Name: `"Clinical":"Clinical Provision":"Nurse Access Role"`, OrgName: "Lanyard Test Trust"},
		Since: time.Date(2026, 11, 24, 8, 2, 0, 0, time.Local), Until: time.Date(2026, 11, 24, 18, 2, 0, 0, time.Local),
	}
	if got, want := view.Person(words.Book{}, s), "Grace Okafor, Nurse Access Role, Lanyard Test Trust, 08:02 to 18:02"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuestion(t *testing.T) {
	in := &agent.CardView{Gen: 7}
	for _, c := range []struct {
		s    agent.Snapshot
		want view.Question
	}{
		{agent.Snapshot{Phase: agent.NoCard}, view.NoQuestion},
		{agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: in}, view.AskPIN},
		{agent.Snapshot{Phase: agent.Renewing, PINWanted: true, Card: in}, view.AskPIN},
		{agent.Snapshot{Phase: agent.Renewing, Card: in}, view.NoQuestion},
		{agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: in, Problem: &agent.Problem{Code: failure.PINWrong}}, view.AskPIN},
		{agent.Snapshot{Phase: agent.NeedPIN, PINWanted: true, Card: in, Problem: &agent.Problem{Code: failure.PINLocked}}, view.NoQuestion},
		{agent.Snapshot{Phase: agent.NeedPIN, Card: in, Problem: &agent.Problem{Code: failure.CardExpired}}, view.NoQuestion},
		{agent.Snapshot{Phase: agent.ChoosingRole, Card: in}, view.AskRole},
		{agent.Snapshot{Phase: agent.SignedOn, Card: in}, view.NoQuestion},
	} {
		got, gen := view.QuestionOf(c.s)
		if got != c.want {
			t.Errorf("%v %v: question %v, want %v", c.s.Phase, c.s.Problem, got, c.want)
		}
		if c.s.Card != nil && gen != card.Generation(7) {
			t.Errorf("generation %d", gen)
		}
	}
}

func TestFilter(t *testing.T) {
	roles := []agent.RoleView{
		{ID: "1", Name: `"Clinical":"Clinical Provision":"Nurse Access Role"`, OrgName: "Llandough", OrgCode: "ZZ901"},
		{ID: "2", Name: `"Clinical":"Clinical Provision":"Health Professional Access Role"`, OrgName: "Ysbyty Gwynedd", OrgCode: "ZZ902"},
		{ID: "3", Name: `"Non-Clinical":"Admin":"Clerk"`, OrgName: "Ysbyty Gwynedd", OrgCode: "ZZ902"},
	}
	for typed, want := range map[string]string{"": "123", "nur": "1", "YSBYTY": "23", "zz902 clerk": "3", "zz903": ""} {
		var got strings.Builder
		for _, r := range view.Filter(roles, typed) {
			got.WriteString(string(r.ID))
		}
		if got.String() != want {
			t.Errorf("%q finds %q, want %q", typed, got.String(), want)
		}
	}
}
