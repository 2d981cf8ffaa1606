package saml11

// AppendAuthentication appends a samlp:Response that says who signed on, when
// and how, and nothing of roles.
func (a *RoleAssertion) AppendAuthentication(dst []byte) []byte {
	w := writer{dst}
	w.response(a.ResponseID, a.InResponseTo, a.IssueInstant, a.Recipient)
	w.raw(`    <samlp:Status>
        <samlp:StatusCode Value="samlp:Success"/>
    </samlp:Status>
    <saml:Assertion xmlns:saml="` + samlSpace + `" MajorVersion="1" MinorVersion="1" AssertionID="`)
	w.issued(a, a.AssertionID)
	w.raw(`        <saml:Conditions`)
	w.validity(a)
	w.raw(`        <saml:AuthenticationStatement AuthenticationInstant="`)
	w.instant(a.AuthInstant)
	w.raw(`" AuthenticationMethod="urn:com:sun:identity:ExtendedLoginModule">
            <saml:Subject>
                <saml:NameIdentifier NameQualifier="o=nhs">uid=`)
	w.subject(a)
	w.raw(`                <saml:SubjectConfirmation>
                    <saml:ConfirmationMethod>urn:com:sun:identity</saml:ConfirmationMethod>
                    <saml:SubjectConfirmationData>`)
	w.text(a.Ticket.Reveal())
	w.raw(`</saml:SubjectConfirmationData>
                </saml:SubjectConfirmation>
            </saml:Subject>
            <saml:SubjectLocality IPAddress="`)
	w.attr(a.Recipient)
	w.raw(`"/>
        </saml:AuthenticationStatement>
    </saml:Assertion>
</samlp:Response>
`)
	return w.dst
}
