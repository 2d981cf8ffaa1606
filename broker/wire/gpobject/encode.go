package gpobject

import (
	"strings"

	"lanyard/broker/wire/xmltext"
)

// ClientDTD is the system id in a client's documents. The server's own name
// its DTD at /login/dtd.
const ClientDTD = "gpOBJECT.DTD"

// Append appends the document: one gpPARAM a line, LF, attributes in the order
// name, id, orgcode, encoding, empty values as start and end tag. Clients read
// it line by line with regular expressions, so a value never breaks a line and
// has no white space at its ends.
func (o *Object) Append(dst []byte, doctype string) []byte {
	dst = append(dst, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"...)
	if doctype != "" {
		dst = append(dst, `<!DOCTYPE USER SYSTEM "`...)
		dst = xmltext.AppendAttr(dst, doctype)
		dst = append(dst, `">`+"\n"...)
	}
	dst = append(dst, "<gpOBJECT>\n"...)
	for i := range o.Params {
		dst = o.Params[i].append(dst)
	}
	return append(dst, "</gpOBJECT>\n"...)
}

func (p *Param) append(dst []byte) []byte {
	dst = append(dst, `<gpPARAM name="`...)
	dst = xmltext.AppendAttr(dst, p.Name)
	dst = append(dst, '"')
	dst = appendAttr(dst, ` id="`, p.ID)
	dst = appendAttr(dst, ` orgcode="`, p.OrgCode)
	dst = appendAttr(dst, ` encoding="`, p.Encoding)
	dst = append(dst, '>')
	dst = xmltext.AppendText(dst, trim(p.Value))
	return append(dst, "</gpPARAM>\n"...)
}

func appendAttr(dst []byte, head, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, head...)
	dst = xmltext.AppendAttr(dst, value)
	return append(dst, '"')
}

// trim cuts what may stand round a value in an indented document, and what
// the encoder turns into blanks.
func trim(s string) string { return strings.Trim(s, " \t\r\n\u0085\u2028\u2029") }
