package failure

import (
	"fmt"
	"strings"
)

// Markdown draws the catalogue as the table of docs/failures.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Failures: what they mean and who does what\n\n" +
		"Drawn from `broker/failure` by `go generate ./broker/failure`; do not edit by hand.\n\n" +
		"| code | what is so | next step | who acts | known as | Ticket API | HTTP |\n|---|---|---|---|---|---|---|\n")
	for _, e := range All() {
		status := ""
		if e.Status != 0 {
			status = fmt.Sprint(e.Status)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | `%s` | %s |\n", e.Code, e.Text, e.Next, e.Actor, e.Known, e.Ticket, status)
	}
	return b.String()
}
