package desk

import (
	"fmt"
	"maps"
	"time"

	"lanyard/broker"
	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
)

// at is an empty desk at a phase.
func at(p agent.Phase) agent.Snapshot {
	s := agent.Snapshot{
		Phase: p, Seq: 1, Environment: agent.Environment{Name: "training", Colour: "#7B1E6A", Host: "signon.training.example"},
		Readers: []card.ReaderID{"Alcor Link AK9563 00 00"},
		Links:   agent.Links{Reader: agent.LinkOK, Network: agent.LinkOK, Server: agent.LinkOK, Directory: agent.LinkOK},
	}
	if p == agent.NoReader {
		s.Readers, s.Links.Reader = nil, agent.LinkBroken
	}
	return s
}

// with is a desk with Aoife's card in.
func with(p agent.Phase) agent.Snapshot {
	s := at(p)
	s.Links.Card = agent.LinkOK
	s.Card = &agent.CardView{
		Gen: 1, Reader: s.Readers[0], Token: "5a0000000000004417", Label: "Aoife O'Brien", UID: "900000000113", Retries: 3,
		Expires: noon().AddDate(1, 2, 0),
	}
	for _, p := range []card.Purpose{card.Authentication, card.ContentCommitment} {
		s.Card.Certs = append(s.Card.Certs, agent.CertView{
			Purpose: p, Holder: "O'BRIEN AOIFE", Issuer: "NHS Level 1D", Serial: "5A4417", Key: "RSA 2048",
			From: noon().AddDate(-1, 2, 0), Until: noon().AddDate(1, 2, 0),
		})
	}
	return s
}

// wants is a desk that asks for the passcode.
func wants(p *agent.Problem) agent.Snapshot {
	s := with(agent.NeedPIN)
	s.PINWanted, s.Problem = true, p
	return s
}

func says(c failure.Code, retries int, detail string) *agent.Problem {
	return &agent.Problem{Code: c, Retries: retries, Detail: detail}
}

// some are roles to choose from.
func some(n int) []agent.RoleView {
	jobs := []string{"Clinical Practitioner Access Role", "Nurse Access Role", "Health Professional Access Role", "Community Nurse", "Midwife", "Receptionist", "Pharmacist", "Ward Clerk"}
	places := []struct{ code, name string }{
		{"ZZ901", "Ysbyty Moelfre"}, {"ZZ902", "Moorvale Teaching Hospitals"}, {"ZZ903", "Llanfair Health Centre"}, {"ZZ904", "Harbour Street Surgery"},
	}
	var out []agent.RoleView
	for i := range n {
		place := places[i%len(places)]
		r := agent.RoleView{
			ID:   broker.RoleProfileID(fmt.Sprintf("%012d", 900000001000+i)),
			Name: fmt.Sprintf(`"Clinical":"Clinical Provision":%q`, jobs[i%len(jobs)]), OrgCode: place.code, OrgName: place.name,
		}
		if i < 3 {
			r.LastUsed, r.Uses = noon().Add(-time.Duration(20*i+1)*time.Hour), 9-i
		}
		out = append(out, r)
	}
	return out
}

// on is Aoife at work.
func on(p agent.Phase) agent.Snapshot {
	s := with(p)
	s.UID, s.UserName, s.Roles = "900000000113", "Aoife O'Brien", some(3)
	s.Role = &s.Roles[1]
	s.Since, s.Until = noon().Add(-12*time.Minute), noon().Add(588*time.Minute)
	s.Grants = []agent.Grant{{Application: "SystmOne", At: noon().Add(-11 * time.Minute)}, {Application: "Outpatients", At: noon().Add(-3 * time.Minute)}}
	s.Places = agent.PlacesView{At: noon(), Others: []broker.Place{
		{ID: "1", Role: s.Roles[0].ID, Device: "WARD7-04", Client: "Lanyard", Created: noon().Add(-26 * time.Hour), LastUsed: noon().Add(-40 * time.Minute)},
	}}
	s.Care = agent.Care{CanChange: true, CanUnblock: true}
	return s
}

// scenes are all states of the desk of which there are pictures.
func scenes() map[string]agent.Snapshot {
	all := map[string]agent.Snapshot{"rest": at(agent.NoCard), "no-reader": at(agent.NoReader), "no-card": at(agent.NoCard)}
	maps.Copy(all, pinScenes())
	maps.Copy(all, sessionScenes())
	maps.Copy(all, troubleScenes())
	maps.Copy(all, careScenes())
	few, many := with(agent.ChoosingRole), with(agent.ChoosingRole)
	few.UID, few.UserName, few.Roles = "900000000113", "Aoife O'Brien", some(3)
	many.UID, many.UserName, many.Roles = "900000000113", "Aoife O'Brien", some(500)
	all["roles"], all["roles-many"] = few, many
	return all
}

func pinScenes() map[string]agent.Snapshot {
	reading := at(agent.Reading)
	reading.Card = &agent.CardView{Gen: 1, Reader: reading.Readers[0]}
	last := wants(says(failure.PINLast, 1, ""))
	last.Card.Retries = 1
	keypad := with(agent.SigningOn)
	keypad.Card.Keypad = true
	keypad.Keypad = &agent.KeypadView{Until: noon().Add(28 * time.Second)}
	keypadLast := wants(says(failure.PINLast, 1, ""))
	keypadLast.Card.Keypad, keypadLast.Card.Retries = true, 1
	kept := on(agent.NeedPIN)
	kept.PINWanted, kept.Mode, kept.Problem = true, agent.LockPersistence, nil
	return map[string]agent.Snapshot{
		"pin-keypad-last": keypadLast, "pin-kept": kept,
		"pin-reading": reading, "pin": wants(nil), "pin-wrong": wants(says(failure.PINWrong, 2, "")), "pin-last": last,
		"pin-busy": with(agent.SigningOn), "pin-keypad": keypad, "pin-server-away": wants(says(failure.ServerDown, -1, "signon.training.example")),
	}
}

func sessionScenes() map[string]agent.Snapshot {
	locked, offline := on(agent.Locked), on(agent.Offline)
	locked.Card, locked.Links.Card, locked.Mode = nil, agent.NotReached, agent.LockPersistence
	offline.Problem, offline.NextTry = says(failure.NetDown, -1, ""), noon().Add(18*time.Second)
	offline.Links.Network, offline.Links.Server, offline.Links.Directory = agent.LinkBroken, agent.NotReached, agent.NotReached
	inside, many, renewing, ends := on(agent.Locked), on(agent.SignedOn), on(agent.Renewing), on(agent.SignedOn)
	inside.Mode = agent.LockPersistence
	for i := range 6 {
		many.Places.Others = append(many.Places.Others, broker.Place{
			ID: fmt.Sprint(2 + i), Role: many.Roles[0].ID, Device: fmt.Sprintf("THEATRE-%02d", i+1), Client: "Lanyard",
			Created: noon().Add(-time.Duration(27+i) * time.Hour), LastUsed: noon().Add(-time.Hour),
		})
		many.Grants = append(many.Grants, agent.Grant{Application: fmt.Sprintf("Ward list %d", i+1), At: noon().Add(-time.Duration(2+i) * time.Minute)})
	}
	ends.Card.Expires = noon().AddDate(0, 0, 6)
	for i := range ends.Card.Certs {
		ends.Card.Certs[i].Until = ends.Card.Expires
	}
	return map[string]agent.Snapshot{
		"session": on(agent.SignedOn), "session-locked": locked, "session-offline": offline, "session-locked-in": inside,
		"session-many": many, "session-renewing": renewing, "session-ends": ends,
	}
}

// careScenes are what may be seen in the card's window.
func careScenes() map[string]agent.Snapshot {
	locked := with(agent.NoCard)
	locked.Card.Retries, locked.Problem = 0, says(failure.PINLocked, 0, "")
	locked.Care.CanUnblock = true
	changed := on(agent.SignedOn)
	changed.Care.Done = agent.PINChange
	return map[string]agent.Snapshot{"card-locked": locked, "card-changed": changed}
}

func troubleScenes() map[string]agent.Snapshot {
	all := map[string]agent.Snapshot{}
	for name, c := range map[string]failure.Code{
		"trouble": failure.CardMute, "trouble-busy": failure.CardBusy, "trouble-unknown": failure.UserUnknown, "trouble-locked": failure.PINLocked,
		"trouble-expired": failure.CardExpired, "trouble-no-role": failure.UserNoRole, "trouble-ended": failure.SessionEnded,
	} {
		s := with(agent.NoCard)
		s.Problem = says(c, -1, "")
		switch c {
		case failure.PINLocked:
			s.Card.Retries, s.Problem.Retries = 0, 0
			s.Care.CanUnblock = true
		case failure.CardExpired:
			s.Card.Expires = noon().AddDate(0, -2, 0)
		}
		all[name] = s
	}
	return all
}
