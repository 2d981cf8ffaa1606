package postgres

import (
	"fmt"
	"testing"

	"lanyard/broker/session"
)

// FuzzMessages: whoever may use the database can send anything.
func FuzzMessages(f *testing.F) {
	key := "session/0123"
	f.Add(fmt.Sprintf("%d 7 abcd 3 %s", session.GroupOf(key), key))
	f.Add(fmt.Sprintf("%d 7 abcd 3 %s", session.GroupOf(key)+session.Groups, key))
	f.Add("-1 7 abcd 3 a")
	f.Add("3 abcd")
	f.Add(" abcd")
	f.Add("18446744073709551615 a b c d")
	f.Fuzz(func(t *testing.T, text string) {
		if m, ok := readChange(text); ok {
			if m.Key == "" || m.From.Node == "" || m.By != "" || m.Group < 0 || m.Group >= session.Groups || m.Group != session.GroupOf(m.Key) {
				t.Errorf("change %+v", m)
			}
		}
		if m, ok := readAck(text, "me"); ok && (m.Key != "" || m.By == "" || m.From.Node != "me") {
			t.Errorf("acknowledgement %+v", m)
		}
	})
}

func TestMessagesAreRead(t *testing.T) {
	key := "session/with a space"
	want := session.Message{From: session.Asker{Node: "abcd", Ask: 3}, Group: session.GroupOf(key), Number: 7, Key: key}
	if got, ok := readChange(fmt.Sprintf("%d 7 abcd 3 %s", want.Group, key)); !ok || got != want {
		t.Errorf("change %+v, %v", got, ok)
	}
	want = session.Message{From: session.Asker{Node: "me", Ask: 3}, By: "abcd"}
	if got, ok := readAck("3 abcd", "me"); !ok || got != want {
		t.Errorf("acknowledgement %+v, %v", got, ok)
	}
}
