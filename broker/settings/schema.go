package settings

import (
	"fmt"
	"strings"
)

// likeSchema gives the values of a policy the types that settings have. A
// registry knows numbers, texts and lists of texts only.
func likeSchema(tree map[string]any) error {
	kinds, err := schema()
	if err != nil {
		return err
	}
	for key, value := range flatten(tree) {
		want, known := kinds[schemaKey(key)]
		if !known {
			continue // told by who reads the whole
		}
		n, number := value.(int64)
		if _, boolean := want.(bool); !boolean || !number {
			continue
		}
		if n != 0 && n != 1 {
			return fmt.Errorf("settings: policy: %s is %d and must be 0 or 1", key, n)
		}
		put(tree, key, n == 1)
	}
	return nil
}

// schema has a value of its type for every key; any profile is called *.
func schema() (map[string]any, error) {
	s := Defaults()
	s.Profiles = map[string]Profile{"*": {}}
	return flat(s)
}

func schemaKey(key string) string {
	parts := strings.Split(key, ".")
	if len(parts) == 3 && parts[0] == "profiles" {
		parts[1] = "*"
	}
	return strings.Join(parts, ".")
}
