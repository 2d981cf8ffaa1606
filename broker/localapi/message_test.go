package localapi

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
)

func TestRequestsThatCannotBeRead(t *testing.T) {
	for line, want := range map[string]string{
		``:                               "not JSON",
		`hello`:                          "not JSON",
		`[]`:                             "not an object",
		`{"v":1,"id":1,"op":"ticket"`:    "not JSON",
		`{"id":1,"op":"ticket"}`:         "version is 0",
		`{"v":2,"id":1,"op":"ticket"}`:   "version is 2",
		`{"v":1,"op":"ticket"}`:          "id must be",
		`{"v":1,"id":-1,"op":"ticket"}`:  "id is of another type",
		`{"v":1,"id":"1","op":"ticket"}`: "id is of another type",
		`{"v":1,"id":1}`:                 "no such operation",
		`{"v":1,"id":1,"op":"format"}`:   "no such operation",
		`{"v":1,"id":1,"op":"ticket","args":{"promt":true}}`:                           "unknown argument",
		`{"v":1,"id":1,"op":"ticket","args":{"prompt":"yes"}}`:                         "prompt is of another type",
		`{"v":1,"id":1,"op":"whoami","args":{"uid":"1"}}`:                              "unknown argument",
		`{"v":1,"id":1,"op":"card","args":{"insert":"a","remove":true}}`:               "insert or remove",
		`{"v":1,"id":1,"op":"request","args":{}}`:                                      "0 requests",
		`{"v":1,"id":1,"op":"request","args":{"ask_pin":{},"try_now":{}}}`:             "2 requests",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":1}}}`:                "no pin",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":1,"pin":4821}}}`:     "pin must be a text",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":1,"pin":null}}}`:     "pin must be a text",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":1,"pin":"48é2"}}}`:   "pin must be a text",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":1,"pin":"\u0e00"}}}`: "pin must be a text",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":"4821","pin":"4"}}}`: "gen is of another type",
		`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":1,"pin":"4821"}}`:    "not JSON",
		`{"v":1,"id":1,"op":"request","args":{"change_pin":{"gen":1,"old":"4821"}}}`:   "no pin",
		`{"v":1,"id":1,"op":"request","args":{"unblock":{"gen":1,"new":"4821"}}}`:      "no pin",
		`{"v":1,"id":1,"op":"request","args":{"unblock":{"puk":"4821","new":48}}}`:     "pin must be a text",
		`{"v":1,"id":1,"op":"request","args":{"lock":{},"change_pin":{"old":"4821"}}}`: "2 requests",
	} {
		_, _, no := parse([]byte(line))
		if no == nil || no.Code != failure.ReqUnreadable || !strings.Contains(no.Detail, want) {
			t.Errorf("%s: %v, want %s", line, no, want)
			continue
		}
		if strings.Contains(no.Error(), "4821") {
			t.Errorf("%s: the answer quotes the PIN: %v", line, no)
		}
	}
}

func TestPINIsTakenAndNothingElseIsLeft(t *testing.T) {
	line := []byte(`{"v":1,"id":1,"op":"request","args":{"submit_pin":{"gen":7,"pin":"4\"8\\2\u00315937"}}}`)
	r, c, no := parse(line)
	if no != nil {
		t.Fatal(no)
	}
	got, ok := c.(*requestCall)
	if !ok || got.SubmitPIN.Gen != 7 || string(got.SubmitPIN.PIN.pin.Octets()) != `4"8\215937` {
		t.Errorf("got %+v", c)
	}
	if s := strings.Trim(string(r.Args), "\x00"); s != "" {
		t.Errorf("the copy of the arguments holds %q", s)
	}
	octets := got.SubmitPIN.PIN.pin.Octets()
	c.wipe()
	if s := strings.Trim(string(octets), "\x00"); s != "" {
		t.Errorf("after wiping: %q", s)
	}
}

func TestTwoSecretsAreTakenAndNothingElseIsLeft(t *testing.T) {
	for _, line := range []string{
		`{"v":1,"id":1,"op":"request","args":{"change_pin":{"gen":7,"old":"482115","new":"937264"}}}`,
		`{"v":1,"id":1,"op":"request","args":{"unblock":{"gen":7,"new":"937264","puk":"482115"}}}`,
	} {
		r, c, no := parse([]byte(line))
		if no != nil {
			t.Fatal(no)
		}
		if s := strings.Trim(string(r.Args), "\x00"); s != "" {
			t.Errorf("the copy of the arguments holds %q", s)
		}
		got := c.(*requestCall).pins()
		if len(got) != 2 || string(got[0].Octets()) != "482115" || string(got[1].Octets()) != "937264" {
			t.Fatalf("%s: %d secrets", line, len(got))
		}
		first, second := got[0].Octets(), got[1].Octets()
		c.wipe()
		if s := strings.Trim(string(first)+string(second), "\x00"); s != "" {
			t.Errorf("after wiping: %q", s)
		}
	}
}

// TestEveryRequestHasAMember holds that all requests of a person can be made.
func TestEveryRequestHasAMember(t *testing.T) {
	for member, want := range map[string]agent.Request{
		`"cancel_pin":{"gen":2}`:             agent.CancelPIN{Gen: 2},
		`"start_keypad":{"gen":2}`:           agent.StartKeypad{Gen: 2},
		`"shown":{"gen":2}`:                  agent.Shown{Gen: 2},
		`"choose_role":{"id":"R1","mode":1}`: agent.ChooseRole{ID: "R1", Mode: broker.TrainingMode},
		`"end_place":{"id":"s2"}`:            agent.EndPlace{ID: "s2"},
		`"ask_pin":{}`:                       agent.AskPIN{},
		`"try_now":{}`:                       agent.TryNow{},
		`"sign_on_again":{}`:                 agent.SignOnAgain{},
		`"desktop_unlocked":{}`:              agent.DesktopUnlocked{},
		`"lock":{}`:                          agent.Lock{},
		`"look_for_places":{}`:               agent.LookForPlaces{},
	} {
		_, c, no := parse([]byte(`{"v":1,"id":1,"op":"request","args":{` + member + `}}`))
		if no != nil {
			t.Fatal(no)
		}
		if got := c.(*requestCall).requests(); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %v", member, got)
		}
	}
}

func TestSubmissionReadsBack(t *testing.T) {
	for _, pin := range []string{"4821", `"\"\\/ua`, "!~%&'<>"} {
		line := `{"v":1,"id":1,"op":"request","args":` + string(submission(9, card.NewPIN([]byte(pin)))) + `}`
		_, c, no := parse([]byte(line))
		if no != nil {
			t.Fatalf("%s: %v", pin, no)
		}
		got, ok := c.(*requestCall)
		if !ok || got.SubmitPIN.Gen != 9 || string(got.SubmitPIN.PIN.pin.Octets()) != pin {
			t.Errorf("%s: read back as %+v", pin, c)
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"v":1,"id":1,"op":"ticket","args":{"prompt":true,"new":false}}`))
	f.Add([]byte(`{"v":1,"id":2,"op":"request","args":{"submit_pin":{"gen":1,"pin":"4\u0038\"21"}}}`))
	f.Add([]byte(`{"v":1,"id":2,"op":"request","args":{"change_pin":{"gen":1,"old":"4\u0038\"21","new":"123456"}}}`))
	f.Add([]byte(`{"v":1,"id":2,"op":"request","args":{"unblock":{"gen":1,"puk":"12345678"},"lock":{}}}`))
	f.Add([]byte(`{"v":1,"id":3,"op":"request","args":{"choose_role":{"id":"555","mode":1}}}`))
	f.Add([]byte(`{"v":1,"id":4,"op":"card","args":{"insert":"osei"}}`))
	f.Add([]byte(`{"v":1,"id":5,"op":"cancel","args":{"of":4}}`))
	f.Add([]byte(`{"v":1,"id":6,"op":"sessions","args":{"end":"ab"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, c, no := parse(line)
		switch {
		case no != nil && no.Code != failure.ReqUnreadable:
			t.Fatalf("refused with %v", no)
		case no == nil && (c == nil || r.ID == 0):
			t.Fatalf("took %q", line)
		case no == nil:
			c.wipe()
		}
	})
}

// FuzzPIN holds the reader of PINs against the library's reader of strings.
func FuzzPIN(f *testing.F) {
	for _, seed := range []string{`"4821"`, `"\u0034\"\\\/"`, `"é"`, `"\n"`, `12`, `null`, `""`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, quoted []byte) {
		if !json.Valid(quoted) {
			return
		}
		var want string
		wanted := json.Unmarshal(quoted, &want) == nil && !strings.ContainsFunc(want, func(r rune) bool { return r >= utf8.RuneSelf })
		var p pinText
		if err := json.Unmarshal(quoted, &p); err != nil {
			return // it may take less, such as no line ends
		}
		if !wanted || string(p.pin.Octets()) != want {
			t.Fatalf("%s read as %q, want %q", quoted, p.pin.Octets(), want)
		}
	})
}
