package managed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// fromJSON reads what a property list was converted to. The system adds keys
// of its own to managed preferences; they begin with "Payload" and are left out.
func fromJSON(text []byte) (map[string]any, error) {
	if len(text) > maxText {
		return nil, ErrTooMuch
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("read the converted list: %w", err)
	}
	count := 0
	return plain(raw, 0, &count)
}

func plain(raw map[string]any, depth int, count *int) (map[string]any, error) {
	tree := make(map[string]any)
	if *count += len(raw); depth > maxDepth || *count > maxValues {
		return nil, ErrTooMuch
	}
	for key, value := range raw {
		if depth == 0 && strings.HasPrefix(key, "Payload") {
			continue
		}
		var err error
		switch v := value.(type) {
		case string, bool:
			tree[key] = v
		case json.Number:
			tree[key], err = v.Int64()
		case []any:
			tree[key], err = texts(v)
		case map[string]any:
			tree[key], err = plain(v, depth+1, count)
		default:
			err = errors.New("it is of no kind that settings have")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return tree, nil
}

func texts(list []any) ([]string, error) {
	out := make([]string, len(list))
	for i, v := range list {
		text, ok := v.(string)
		if !ok {
			return nil, errors.New("a list holds texts only")
		}
		out[i] = text
	}
	return out, nil
}
