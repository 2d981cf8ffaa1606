package agent

import (
	"cmp"
	"slices"
	"time"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
)

// hasRole tells whether the session offers a role.
func (m *move) hasRole(id broker.RoleProfileID) bool {
	return slices.ContainsFunc(m.on.roles, func(r RoleView) bool { return r.ID == id })
}

// selectRole selects the wanted role at the server.
func (m *move) selectRole() {
	if m.on.serial == 0 || m.on.want == "" || m.on.busy {
		return
	}
	m.disarm(SelectTimer)
	m.on.busy = true
	m.do(Select{Session: m.on.serial, Ticket: m.on.on.Ticket, Role: m.on.want, Mode: m.on.wantMode})
}

// selected takes what the server made of it. Where another role was chosen
// meanwhile, that one is selected next.
func (m *move) selected(in Selected) {
	if in.Session != m.on.serial || !m.on.busy {
		return
	}
	m.on.busy = false
	newer := m.on.want != in.Role || m.on.wantMode != in.Mode
	p := m.contacted(in.Err)
	if in.Err == nil {
		m.problem = nil
		first := m.on.role == ""
		m.on.role, m.on.mode, m.on.fails, m.on.renewed = in.Role, in.Mode, 0, false
		m.backOnline()
		m.do(Remember{UID: m.on.on.UID, Role: in.Role})
		if first {
			m.look()
		}
	}
	switch {
	case newer && p.Code != failure.SessionEnded:
		m.selectRole()
	case in.Err != nil:
		m.notSelected(p)
	default:
		m.on.want = ""
	}
}

// notSelected tries the first selection again while the server is away; a
// change of role is not kept for later, the person is told.
func (m *move) notSelected(p Problem) {
	switch {
	case p.Code == failure.SessionEnded:
		m.sessionOver(p)
	case m.on.role == "" && (unreachable(p.Code) || behind(p.Code)):
		m.say(p)
		m.on.fails++
		m.arm(SelectTimer, m.pause(m.on.fails))
	default:
		m.say(p)
		m.on.want = ""
		m.on.renewed = false
		m.doubt(p)
	}
}

// rolesOf puts the role that was used last first, then the others by use.
func rolesOf(roles []client.Role, uses map[broker.RoleProfileID]Use) []RoleView {
	views := make([]RoleView, 0, len(roles))
	for _, r := range roles {
		u := uses[r.ID]
		views = append(views, RoleView{
			ID: r.ID, Name: r.JobRole, OrgCode: r.OrgCode, OrgName: r.OrgName,
			LastUsed: u.Last, Uses: u.Count,
		})
	}
	last := time.Time{}
	for _, v := range views {
		if v.LastUsed.After(last) {
			last = v.LastUsed
		}
	}
	slices.SortStableFunc(views, func(a, b RoleView) int {
		return cmp.Or(
			first(!last.IsZero() && a.LastUsed.Equal(last), !last.IsZero() && b.LastUsed.Equal(last)),
			cmp.Compare(b.Uses, a.Uses),
			b.LastUsed.Compare(a.LastUsed),
		)
	})
	return views
}

// first orders what is true before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
