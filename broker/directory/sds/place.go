package sds

import "strings"

// place is where an entry stands in the tree.
type place struct {
	uid string // of the person at or above the entry; empty elsewhere
	// below are the parts between the person and the entry, the entry's first.
	below []rdn
	org   string // code, of an organisation
}

// placeOf finds the place of an entry, whatever the base of the tree is called.
func placeOf(dn string) (place, error) {
	parts, err := parseDN(dn)
	if err != nil {
		return place{}, err
	}
	for i := 0; i+1 < len(parts); i++ {
		p, container := parts[i], parts[i+1]
		if container.kind != "ou" {
			continue
		}
		switch {
		case p.kind == "uid" && strings.EqualFold(container.value, "People"):
			return place{uid: p.value, below: parts[:i]}, nil
		case i == 0 && p.kind == attrID && strings.EqualFold(container.value, "Organisations"):
			return place{org: p.value}, nil
		}
	}
	return place{}, nil
}

// Attributes of the tree, in lower case.
const (
	attrID          = "uniqueidentifier"
	attrClass       = "objectclass"
	attrUID         = "uid"
	attrSurname     = "sn"
	attrGiven       = "givenname"
	attrMiddle      = "nhsmiddlenames"
	attrTitle       = "personaltitle"
	attrMail        = "mail"
	attrStatus      = "nhspersonstatus"
	attrPrCode      = "nhsocsprcode"
	attrOrgName     = "o"
	attrOrgCode     = "nhsidcode"
	attrJobRole     = "nhsjobrole"
	attrJobRoleCode = "nhsjobrolecode"
	attrOpen        = "nhsorgopendate"
	attrClose       = "nhsorgclosedate"
	attrOldOpen     = "nhsopendate"
	attrOldClose    = "nhsclosedate"
	attrTraining    = "lanyardtraining"
	classRole       = "nhsorgpersonrole"
)

// bodies are the professional bodies that register people, in the order in
// which a user lists them; registrations are their attributes.
func bodies() []string { return []string{"GMC", "GMP", "GDC", "GDP", "NMC", "RCN", "Consultant"} }

func registrations() []string {
	return []string{"nhsgmc", "nhsgmp", "nhsgdc", "nhsgdp", "nhsnmc", "nhsrcn", "nhsconsultant"}
}

// The three lists of names and codes of a role.
const (
	attrArea     = "nhsareaofwork"
	attrFunction = "nhsbusinessfunctions"
	attrGroup    = "nhsworkgroups"
	codesSuffix  = "codes"
)

// Attributes are all that is read of entries, for a reader that asks for them by
// name.
func Attributes() []string {
	return append([]string{
		attrClass, attrUID, attrSurname, attrGiven, attrMiddle, attrTitle, attrMail, attrStatus, attrPrCode,
		attrOrgName, attrOrgCode, attrJobRole, attrJobRoleCode, attrOpen, attrClose, attrOldOpen, attrOldClose, attrTraining,
		attrArea, attrFunction, attrGroup, attrArea + codesSuffix, attrFunction + codesSuffix, attrGroup + codesSuffix,
	}, registrations()...)
}
