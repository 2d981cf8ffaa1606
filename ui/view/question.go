package view

import (
	"strings"

	"lanyard/broker/agent"
	"lanyard/broker/failure"
	"lanyard/card"
)

// Question is what the desk asks a person at the moment.
type Question int

// The questions.
const (
	NoQuestion Question = iota
	AskPIN
	AskRole
)

// QuestionOf tells what is asked, and for which insertion: what was typed for
// one generation is never used for another.
func QuestionOf(s agent.Snapshot) (Question, card.Generation) {
	var gen card.Generation
	if s.Card != nil {
		gen = s.Card.Gen
	}
	switch {
	case s.PINWanted && !refusesPIN(s.Problem):
		return AskPIN, gen
	case s.Phase == agent.ChoosingRole:
		return AskRole, gen
	default:
		return NoQuestion, gen
	}
}

// refusesPIN tells whether no passcode is to be asked for: none would help.
func refusesPIN(p *agent.Problem) bool {
	if p == nil {
		return false
	}
	switch p.Code {
	case failure.PINLocked, failure.CardExpired, failure.CardNotYet, failure.CardNoKey, failure.CardNoUser, failure.CardUnsupported, failure.CardMute, failure.CardDamaged:
		return true
	default:
		return false
	}
}

// RoleName is a role's name as people say it: the last part, without quotes.
func RoleName(r agent.RoleView) string {
	name := r.Name
	if i := strings.LastIndex(name, `":"`); i >= 0 {
		name = name[i+3:]
	}
	return strings.Trim(name, `"`)
}

// Filter returns the roles that fit what was typed: every word must stand in
// the role's name, the organisation's name or its code, in any case.
func Filter(roles []agent.RoleView, typed string) []agent.RoleView {
	words := strings.Fields(strings.ToLower(typed))
	if len(words) == 0 {
		return roles
	}
	var fit []agent.RoleView
	for _, r := range roles {
		text := strings.ToLower(r.Name + " " + r.OrgName + " " + r.OrgCode + " " + string(r.ID))
		all := true
		for _, w := range words {
			all = all && strings.Contains(text, w)
		}
		if all {
			fit = append(fit, r)
		}
	}
	return fit
}
