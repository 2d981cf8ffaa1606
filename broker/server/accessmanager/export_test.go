package accessmanager

import "lanyard/broker/session"

// Expect has Run look at a session when its time may have passed.
func (l *Listeners) Expect(sess *session.Session, ticketText string) { l.expect(sess, ticketText) }
