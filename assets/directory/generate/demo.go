package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lanyard/broker"
	"lanyard/broker/directory/ldif"
)

// demo writes the directory of the lists in dir.
func demo(dir string) ([]byte, error) {
	l, err := readLists(dir)
	if err != nil {
		return nil, err
	}
	text := []byte(ldif.Header)
	for _, o := range l.orgs {
		text = ldif.AppendOrganisation(text, o)
	}
	n := numbers{person: firstPerson, other: firstOther}
	for i, row := range l.people {
		u, err := l.user(row, &n)
		if err != nil {
			return nil, fmt.Errorf("people.csv, person %d: %w", i+1, err)
		}
		text = ldif.Append(text, u)
	}
	return text, nil
}

// lists are the three lists.
type lists struct {
	orgs   []ldif.Organisation
	roles  map[string]broker.RoleProfile // by the role's own code
	people [][]string
}

func readLists(dir string) (*lists, error) {
	l := &lists{roles: map[string]broker.RoleProfile{}}
	orgs, err := rows(dir, "organisations.csv", 4)
	if err != nil {
		return nil, err
	}
	for _, r := range orgs {
		l.orgs = append(l.orgs, ldif.Organisation{Code: r[0], Name: r[1], PostalCode: r[2], Parent: r[3]})
	}
	roles, err := rows(dir, "jobroles.csv", 5)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		p := broker.RoleProfile{JobRoleCode: r[0], JobRole: fmt.Sprintf(`"%s":"%s":"%s"`, r[1], r[2], r[3])}
		for _, code := range strings.Fields(r[4]) {
			name, err := activity(code)
			if err != nil {
				return nil, err
			}
			p.Functions = append(p.Functions, broker.Coded{Name: name, Code: code})
		}
		l.roles[r[0][strings.LastIndex(r[0], ":")+1:]] = p
	}
	l.people, err = rows(dir, "people.csv", 7)
	return l, err
}

// rows reads a list without its heading.
func rows(dir, name string, columns int) ([][]string, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = columns
	all, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all[1:], nil
}

// activity names an activity of the national list.
func activity(code string) (string, error) {
	switch code {
	case "B0257":
		return "Execute Clinical Reports", nil
	case "B0263":
		return "Card Administrator", nil
	case "B0267":
		return "ID Checker", nil
	case "B0286":
		return "Manage Detailed Health Records", nil
	case "B0570":
		return "Perform Pharmacy Activities", nil
	case "B1300":
		return "Sponsor", nil
	default:
		return "", fmt.Errorf("jobroles.csv: activity %s has no name here", code)
	}
}
