package words

import "strings"

// Of picks the language of a desktop from its environment as POSIX and GNU
// gettext do: LANGUAGE, then LC_ALL, LC_MESSAGES and LANG, the first that is
// set. LANGUAGE counts only where a locale is chosen at all.
func Of(getenv func(string) string) Language {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale = getenv(name); locale != "" {
			break
		}
	}
	if locale == "C" || locale == "POSIX" {
		return English
	}
	for _, l := range strings.Split(getenv("LANGUAGE"), ":") {
		switch {
		case is(l, Welsh):
			return Welsh
		case is(l, English):
			return English
		}
	}
	if is(locale, Welsh) {
		return Welsh
	}
	return English
}

// is tells whether a locale ("cy", "cy_GB.UTF-8", "cy-GB") is of a language.
func is(locale string, l Language) bool {
	base := strings.FieldsFunc(locale, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == '@' })
	return len(base) > 0 && strings.EqualFold(base[0], string(l))
}
