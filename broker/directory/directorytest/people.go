package directorytest

import (
	"time"

	"lanyard/broker"
)

// known are the people of people.ldif.
func known(zone *time.Location) []*broker.User {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, zone) }
	return []*broker.User{
		{
			UID: "900000000017", Surname: "Okafor", GivenName: "Grace", MiddleNames: "Adaeze Ruth", Title: "Dr",
			Mail: "grace.okafor@moorvale.example", Active: true, PrCode: "G9900017",
			Registrations: []broker.Registration{{Body: "GMC", Number: "C9900017"}, {Body: "GMP", Number: "G9900017"}},
			Roles: []broker.RoleProfile{
				{
					ID: "900000001015", OrgPersonID: "900000001007", OrgCode: "X9M01", OrgName: "MOORVALE TEACHING HOSPITALS NHS TRUST",
					JobRole:     `"Clinical":"Clinical Provision":"Health Professional Access Role"`,
					JobRoleCode: "S8000:G8000:R8003",
					Areas:       []broker.Coded{{Name: "Cardiology", Code: "320"}, {Name: "General Medicine", Code: "300"}},
					Functions:   []broker.Coded{{Name: "Manage Detailed Health Records", Code: "B0286"}},
					WorkGroups:  []broker.Coded{{Name: "Ward 7", Code: "W9007"}},
					Open:        day(2024, 2, 29), Training: true,
				},
				{
					ID: "900000001023", OrgPersonID: "900000001007", OrgCode: "X9M01", OrgName: "MOORVALE TEACHING HOSPITALS NHS TRUST",
					JobRole:     `"Admin & Clerical":"Admin":"Privacy Officer"`,
					JobRoleCode: "S8001:G8002:R0001",
					Functions:   []broker.Coded{{Code: "B0257"}, {Code: "B0264"}},
				},
			},
		},
		{
			UID: "900000000025", Surname: "Gruffudd-Żelazny", GivenName: "Siân", Active: true,
			Registrations: []broker.Registration{{Body: "NMC", Number: "99A0025E"}},
			Roles: []broker.RoleProfile{{
				ID: "900000001031", OrgPersonID: "900000001049", OrgCode: "X9P02", OrgName: "ST ÓRLA'S PRACTICE, LOWER QUAY",
				JobRole: `"Clinical":"Clinical Support":"Nurse Access Role"`, JobRoleCode: "S8000:G8001:R8001",
				Areas: []broker.Coded{{Name: "Community Nursing"}},
			}},
		},
		{
			UID: "900000000033", Surname: "Blank", GivenName: "Peter", Active: true,
			Roles: []broker.RoleProfile{
				{
					ID: "900000001056", OrgPersonID: "900000001064", OrgCode: "X9M01", OrgName: "MOORVALE TEACHING HOSPITALS NHS TRUST",
					JobRole: `"Clinical":"Clinical Provision":"Clinical Practitioner Access Role"`, JobRoleCode: "S8000:G8000:R8000",
					Close: day(2026, 7, 1),
				},
				{
					ID: "900000001072", OrgPersonID: "900000001064", OrgCode: "X9M01", OrgName: "MOORVALE TEACHING HOSPITALS NHS TRUST",
					JobRole: `"Admin & Clerical":"Admin":"Clerical Access Role"`, JobRoleCode: "S8001:G8002:R8010",
					Open: day(2099, 1, 1),
				},
				{
					ID: "900000001080", OrgPersonID: "900000001098", OrgCode: "X9P02", OrgName: "ST ÓRLA'S PRACTICE, LOWER QUAY",
					JobRole: `"Clinical":"Clinical Provision":"Clinical Practitioner Access Role"`, JobRoleCode: "S8000:G8000:R8000",
					Close: day(2020, 4, 1),
				},
			},
		},
		{UID: "900000000041", Surname: "Closed", GivenName: "Carol"},
		{UID: "900000000058", Surname: "Idle", GivenName: "Ian", Active: true},
	}
}
