package assets

import _ "embed"

//go:embed translations/en.json
var english string

//go:embed translations/cy.json
var welsh string

// Translations are the program's texts by language code, each a JSON object of
// keys and texts. The English of failures stands in their catalogue.
func Translations() map[string]string { return map[string]string{"en": english, "cy": welsh} }
