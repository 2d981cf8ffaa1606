package doctor

import (
	"slices"
	"time"

	"lanyard/broker/failure"
)

// Verdict is how one thing does.
type Verdict string

// The verdicts. None is of what is not here, not needed or not reached, and
// needs nobody.
const (
	Good    Verdict = "good"
	None    Verdict = "none"
	Look    Verdict = "look" // it works, and somebody should see to it
	Trouble Verdict = "trouble"
)

// ID names what was looked at.
type ID string

// What is looked at, in the order of [Order].
const (
	Service       ID = "reader-service"
	Readers       ID = "readers"
	Card          ID = "card"
	Certificates  ID = "certificates"
	Module        ID = "module"
	Clock         ID = "clock"
	Network       ID = "network"
	Proxy         ID = "proxy"
	Certificate   ID = "server-certificate"
	Server        ID = "server"
	Directory     ID = "directory"
	LocalAPI      ID = "local-api"
	Tray          ID = "tray"
	Notifications ID = "notifications"
	Keyring       ID = "keyring"
	Settings      ID = "settings"
	DeviceKey     ID = "device-key"
	Times         ID = "times"
)

// Order is the order of a report's rows: from the hand to the far end, then
// what the desk stands on. Short codes depend on it: see [Report.Code].
func Order() []ID {
	return []ID{
		Service, Readers, Card, Certificates, Module, Clock, Network, Proxy, Certificate, Server, Directory,
		LocalAPI, Tray, Notifications, Keyring, Settings, DeviceKey, Times,
	}
}

// FixKind is what a row's one button does.
type FixKind string

// The kinds of fixes. None of them needs more rights than the person has.
const (
	NoFix         FixKind = ""
	LookAgain     FixKind = "look-again"     // after what the row says was done by hand
	OpenSettings  FixKind = "open-settings"  // of this program
	UnlockKeyring FixKind = "unlock-keyring" // [Config.Unlock], which may ask the person
	CopyCommand   FixKind = "copy-command"   // for whoever administers this machine
)

// Fix is what mends a row's trouble.
type Fix struct {
	Kind    FixKind `json:"kind"`
	Command string  `json:"command,omitempty"` // of CopyCommand
}

// Row is one thing that was looked at.
type Row struct {
	ID      ID
	Verdict Verdict
	Say     Say               // which sentence says it; empty where Code says all
	N       int               // the number that Say counts; 0: it counts none
	Values  map[string]string // data of the sentence, and Detail for IT
	Code    failure.Code      // of trouble; the catalogue says what is so and what is next
	Fix     Fix
}

// Detail is the value that a row holds for IT beside its sentence.
const Detail = "detail"

// Actor is who takes the next step; 0 where there is none to take.
func (r Row) Actor() failure.Actor {
	if r.Verdict != Look && r.Verdict != Trouble {
		return 0
	}
	if e, ok := failure.Lookup(r.Code); ok {
		return e.Actor
	}
	return actorOf(r.Say)
}

// Report is all rows of one examination.
type Report struct {
	At   time.Time
	Rows []Row // in the order of [Order]
}

// Worst returns the worst verdict of the report.
func (r Report) Worst() Verdict {
	rank := []Verdict{None, Good, Look, Trouble}
	worst := 0
	for _, row := range r.Rows {
		worst = max(worst, slices.Index(rank, row.Verdict))
	}
	return rank[max(worst, 1)]
}

// First returns the code of the first trouble, else of the first row that
// somebody should see to; empty where there is none.
func (r Report) First() failure.Code {
	for _, v := range []Verdict{Trouble, Look} {
		for _, row := range r.Rows {
			if row.Verdict == v && row.Code != "" {
				return row.Code
			}
		}
	}
	return ""
}

// value makes the values of a row of pairs.
func values(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}

func good(id ID, say Say, pairs ...string) Row {
	return Row{ID: id, Verdict: Good, Say: say, Values: values(pairs...)}
}

func none(id ID, say Say, pairs ...string) Row {
	return Row{ID: id, Verdict: None, Say: say, Values: values(pairs...)}
}

// trouble is a row that the catalogue of failures words.
func trouble(id ID, code failure.Code, fix Fix, pairs ...string) Row {
	return Row{ID: id, Verdict: Trouble, Code: code, Fix: fix, Values: values(pairs...)}
}
