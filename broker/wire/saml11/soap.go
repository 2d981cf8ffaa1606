package saml11

const (
	envelopeStart = `<soap-env:Envelope xmlns:soap-env="` + soapSpace + `"><soap-env:Body>` + "\n"
	envelopeEnd   = "</soap-env:Body></soap-env:Envelope>\n"
)

// AppendEnvelope appends a SOAP envelope round what response appends.
func AppendEnvelope(dst []byte, response func([]byte) []byte) []byte {
	return append(response(append(dst, envelopeStart...)), envelopeEnd...)
}

// AppendFault appends a SOAP fault in its envelope; the server's, else the
// client's.
func AppendFault(dst []byte, server bool, text string) []byte {
	code := "soap-env:Client"
	if server {
		code = "soap-env:Server"
	}
	w := writer{append(dst, envelopeStart...)}
	w.raw("<soap-env:Fault><faultcode>" + code + "</faultcode><faultstring>")
	w.text(text)
	w.raw("</faultstring></soap-env:Fault>\n" + envelopeEnd)
	return w.dst
}
