package desk

import (
	"strings"
	"testing"

	"lanyard/test/proc"
	"lanyard/test/realmtest"
)

// TestPasscodeLeavesNoTrace searches the program's memory and what other
// programs can paste: the passcode is there while it stands in the field, and
// nowhere after a wrong one, nor after the sign-on.
func TestPasscodeLeavesNoTrace(t *testing.T) {
	s := newStation(newRig(t, desktop{tray: true}), setting{})
	s.card(anwen, "anwen").in("")
	s.window(asks)
	s.types(wrong())
	s.until("the passcode in memory while it is typed", func() bool { return s.hits(wrong()) > 0 })
	s.press("ctrl+a", "ctrl+c", "ctrl+x", "shift+Insert")
	s.submit()
	s.problem("PIN-WRONG")
	s.until("no wrong passcode in memory", func() bool { return s.hits(wrong()) == 0 })

	s.asksAgain()
	s.types(realmtest.PIN())
	s.until("the passcode in memory while it is typed", func() bool { return s.hits(realmtest.PIN()) > 0 })
	s.press("ctrl+a", "ctrl+c", "ctrl+Insert")
	s.submit()
	s.phase("signed-on")
	s.until("no passcode in memory", func() bool { return s.hits(realmtest.PIN()) == 0 })

	pasted := s.pasted()
	for _, pin := range []string{wrong(), realmtest.PIN(), wrong()[1:], realmtest.PIN()[:7]} {
		if strings.Contains(pasted, pin) {
			t.Error("the passcode is in a clipboard")
		}
	}

	// The search is not blind: what the program does put there is found.
	s.empty()
	s.card(nobody, "nobody").in("")
	s.window(asks)
	s.types(realmtest.PIN())
	s.submit()
	s.window("^The server does not know the holder")
	for range 5 {
		s.press("Tab", "space")
		if strings.Contains(s.pasted(), "USER-UNKNOWN") {
			return
		}
		s.window("^The server does not know the holder")
	}
	t.Error("the code for the help desk is not in the clipboard once it was copied")
}

// hits counts a secret in the program's memory.
func (s *station) hits(secret string) int {
	s.rig.t.Helper()
	found, err := proc.Find(s.agent.Process.Pid, secret)
	s.must(err)
	return proc.Hits(found)
}
