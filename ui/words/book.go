package words

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"lanyard/assets"
	"lanyard/broker/failure"
)

// Language is a language of the catalogue.
type Language string

// The languages.
const (
	English Language = "en"
	Welsh   Language = "cy"
)

// Book speaks one language. The zero value speaks English.
type Book struct{ language Language }

// In returns the book of a language; one the catalogue lacks is English.
func In(l Language) Book {
	if l != Welsh {
		l = English
	}
	return Book{language: l}
}

// Language tells which language the book speaks.
func (b Book) Language() Language {
	if b.language == "" {
		return English
	}
	return b.language
}

// catalogue holds the texts of each language, read once.
var catalogue = sync.OnceValue(func() map[Language]map[Key]string {
	all := make(map[Language]map[Key]string)
	for language, areas := range assets.Translations() {
		texts := make(map[Key]string)
		for _, text := range areas {
			if err := json.Unmarshal([]byte(text), &texts); err != nil {
				panic("assets/translations: " + language + ": " + err.Error()) // compiled in, and read by a test
			}
		}
		all[Language(language)] = texts
	}
	return all
})

func (b Book) lookup(k Key) (string, bool) {
	text, ok := catalogue()[b.Language()][k]
	return text, ok
}

// Text returns a text; pairs of name and value fill its {name}s.
func (b Book) Text(k Key, pairs ...string) string {
	text, ok := b.lookup(k)
	if !ok {
		return string(k)
	}
	return fill(text, pairs)
}

// Count returns a text in the form that a number asks for; {n} is the number.
func (b Book) Count(k Key, n int) string {
	text, ok := b.lookup(k + Key("."+b.form(n)))
	if !ok {
		text, ok = b.lookup(k + ".other")
	}
	if !ok {
		return string(k)
	}
	return fill(text, []string{"n", strconv.Itoa(n)})
}

// form is the plural category of the Unicode CLDR.
func (b Book) form(n int) string {
	if b.Language() == Welsh {
		switch n {
		case 0:
			return "zero"
		case 1:
			return "one"
		case 2:
			return "two"
		case 3:
			return "few"
		case 6:
			return "many"
		default:
			return "other"
		}
	}
	if n == 1 {
		return "one"
	}
	return "other"
}

func fill(text string, pairs []string) string {
	if len(pairs) == 0 {
		return text
	}
	old := make([]string, len(pairs))
	for i, p := range pairs {
		if i%2 == 0 {
			p = "{" + p + "}"
		}
		old[i] = p
	}
	return strings.NewReplacer(old...).Replace(text)
}

// Failure returns what is so and the next step for a code; false where the
// catalogue of failures lacks it.
func (b Book) Failure(c failure.Code) (text, next string, ok bool) {
	e, ok := failure.Lookup(c)
	if !ok {
		return "", "", false
	}
	if b.Language() == English {
		return e.Text, e.Next, true
	}
	key := Key("failure." + string(c))
	text, haveText := b.lookup(key + ".text")
	next, haveNext := b.lookup(key + ".next")
	if !haveText || !haveNext {
		return e.Text, e.Next, true
	}
	return text, next, true
}

// Date writes a day in local time.
func (b Book) Date(t time.Time) string {
	t = t.Local()
	return b.Text("date", "day", strconv.Itoa(t.Day()), "month", b.Text(Key("month."+strconv.Itoa(int(t.Month())))), "year", strconv.Itoa(t.Year()))
}

// Clock writes a time of day in local time.
func Clock(t time.Time) string { return t.Local().Format("15:04") }
