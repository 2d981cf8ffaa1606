package assets

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed translations/*.json
var translations embed.FS

// Translations are the program's texts by language code: for each area of the
// desk (AREA.LANGUAGE.json) a JSON object of keys and texts. The English of
// failures stands in their catalogue.
func Translations() map[string][]string {
	all := make(map[string][]string)
	files, err := fs.Glob(translations, "translations/*.json")
	if err != nil {
		panic("assets/translations: " + err.Error()) // the pattern is right
	}
	for _, file := range files {
		text, err := translations.ReadFile(file)
		if err != nil {
			panic("assets/translations: " + err.Error()) // compiled in
		}
		language := strings.TrimSuffix(file, ".json")
		language = language[strings.LastIndexByte(language, '.')+1:]
		all[language] = append(all[language], string(text))
	}
	return all
}
