package session

import "lanyard/broker"

// AsIssued returns a token in the spelling in which it was issued, for a text
// in any spelling that [Service.Lookup] takes; zero for a text of another form.
func AsIssued(ticketText string) broker.Ticket {
	sealed, ok := sealedPart(ticketText)
	if !ok {
		return broker.Ticket{}
	}
	return broker.NewTicket(tokenPrefix + sealed + "=@" + tokenSite + "=#")
}
