package accessmanager

import "lanyard/broker/wire/pll"

// serverID is what stands in every ticket for the server that made it. Clients
// look it up in the naming table.
const serverID = "01"

// profile is the naming table of one prefix.
type profile []pll.Property

// profileOf makes the table. The entry of the server's id is letter for letter
// that of the server list, with a port and without a path: a deployed client
// asks again without end where it is not.
func profileOf(base, prefix string) (profile, error) {
	server, err := withPort(base)
	if err != nil {
		return nil, err
	}
	at := server + prefix
	return profile{
		{Name: "iplanet-am-naming-session-url", Value: at + "/sessionservice"},
		{Name: "iplanet-am-naming-profile-url", Value: at + "/profileservice"},
		{Name: "iplanet-am-naming-policy-url", Value: at + "/policyservice"},
		{Name: "iplanet-am-naming-auth-url", Value: at + "/authservice"},
		{Name: "iplanet-am-naming-samlsoapreceiver-url", Value: at + "/SAMLSOAPReceiver"},
		{Name: "iplanet-am-naming-samlassertionmanager-url", Value: at + "/AssertionManagerServlet/AssertionManagerIF"},
		{Name: "sun-naming-idsvcs-rest-url", Value: at + "/identity/"},
		{Name: "iplanet-am-platform-server-list", Value: server},
		{Name: "iplanet-am-platform-site-id-list", Value: serverID},
		{Name: serverID, Value: server},
	}, nil
}

// naming answers one request to the naming service, whatever ticket it names.
func (p profile) naming(text string) ([]byte, error) {
	r, err := pll.ParseNaming(text)
	if err != nil {
		return nil, err
	}
	if r.Method != pll.GetNamingProfile {
		return r.AppendException(nil, unknownMethod), nil
	}
	return r.AppendProfile(nil, p), nil
}
