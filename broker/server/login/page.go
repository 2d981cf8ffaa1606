package login

import (
	"context"

	"lanyard/broker/server/exchange"
)

// dtd is what the documents' DOCTYPE points to; its name USER is the wire's.
const dtd = `<!ELEMENT gpOBJECT (gpPARAM*)>
<!ELEMENT gpPARAM (#PCDATA)>
<!ATTLIST gpPARAM
  name     CDATA #REQUIRED
  id       CDATA #IMPLIED
  orgcode  CDATA #IMPLIED
  encoding CDATA #IMPLIED>
`

const help = `The sign-on was refused. What the program shows beside this address says why: a code and what to do next.
With the code and the reference your help desk finds what happened.
`

func serveDTD(context.Context, *exchange.Request) (*exchange.Answer, error) {
	return &exchange.Answer{Type: "application/xml-dtd", Body: []byte(dtd)}, nil
}

// serveHelp answers at error_url, which some clients open in a browser.
func serveHelp(context.Context, *exchange.Request) (*exchange.Answer, error) {
	return &exchange.Answer{Type: exchange.Text, Body: []byte(help)}, nil
}
