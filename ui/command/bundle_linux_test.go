package command_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/test/realmtest"
)

// TestDoctorAtADeskInUse looks at a desk where somebody is signed on, and
// searches the bundle of it for who that is.
func TestDoctorAtADeskInUse(t *testing.T) {
	realm := realmtest.Start(t, realmtest.Options{})
	u := newUser(t)
	status, _, text := u.run(t, "card new ward --drawer cards --uid 900000000017 --holder Gwenllian --ca "+filepath.Dir(realm.CA.RootFile()), secrets)
	if status != 0 {
		t.Fatal(text)
	}
	a := u.agent(t, realm.Base, realm.Anchor, true)
	u.script(t, []line{{line: "card insert ward"}})
	a.screen.Await(t, "Passcode: ")
	a.types(t, "739146\n")
	a.screen.Await(t, "Enter for the first: ")
	a.types(t, "\n")
	a.screen.Await(t, "Signed on")
	_, ticket, _ := u.run(t, "ticket --no-prompt", "")
	_, who, _ := u.run(t, "whoami --json", "")
	var person struct {
		User struct{ Name string }
	}
	if err := json.Unmarshal([]byte(who), &person); err != nil || person.User.Name == "" {
		t.Fatalf("%v: %s", err, who)
	}
	_, report, _ := u.run(t, "doctor --language en --config agent.toml --bundle quiet.zip", "")
	u.run(t, "doctor --language en --config agent.toml --bundle named.zip --with-names", "")
	for _, want := range []string{
		"good      Card: A virtual card is in", "good      Network: Answers in ", "good      Server: Answers in ", "good      Clock: Agrees with the server's",
		"good      Directory: Working", "good      Applications: Can reach Lanyard", "good      Settings: Environment: local",
	} {
		if !strings.Contains(report, want) {
			t.Errorf("no %q in\n%s", want, report)
		}
	}
	a.terminate(t)
	quiet, named := unzip(t, filepath.Join(u.home, "quiet.zip")), unzip(t, filepath.Join(u.home, "named.zip"))
	for _, secret := range []string{strings.TrimSpace(ticket), "AQIC", "739146", "87654321"} {
		if strings.Contains(quiet, secret) || strings.Contains(named, secret) {
			t.Errorf("%q is in a bundle", secret)
		}
	}
	for _, name := range []string{"Gwenllian", "900000000017", person.User.Name, u.home} {
		if strings.Contains(quiet, name) {
			t.Errorf("%q is in the bundle:\n%s", name, quiet)
		}
	}
	if !strings.Contains(named, u.home) || !strings.Contains(quiet, "agent.log") {
		t.Errorf("the bundle with names lacks %s, or the other one its log:\n%s", u.home, named)
	}
}
