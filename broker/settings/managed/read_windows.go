package managed

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/windows/registry"
)

// Name is where policies stand, for people.
const Name = `Software\Policies\Lanyard`

// Read reads the policies of the user and, over them, those of the machine. A
// value is a text, a list of texts or a number; a key within is a table.
func Read(context.Context) (map[string]any, error) {
	tree := make(map[string]any)
	for _, root := range []registry.Key{registry.CURRENT_USER, registry.LOCAL_MACHINE} {
		count := 0
		part, err := table(root, Name, 0, &count)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		over(tree, part)
	}
	return tree, nil
}

// table reads a key and those within it.
func table(root registry.Key, path string, depth int, count *int) (map[string]any, error) {
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE|registry.ENUMERATE_SUB_KEYS)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { _ = key.Close() }()
	names, err := key.ReadValueNames(0)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path, err)
	}
	within, err := key.ReadSubKeyNames(0)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path, err)
	}
	if *count += len(names); depth > maxDepth || *count > maxValues {
		return nil, ErrTooMuch
	}
	tree := make(map[string]any)
	for _, name := range names {
		if tree[name], err = value(key, name); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", path, name, err)
		}
	}
	for _, name := range within {
		if tree[name], err = table(root, path+`\`+name, depth+1, count); err != nil {
			return nil, err
		}
	}
	return tree, nil
}

// value reads one value.
func value(key registry.Key, name string) (any, error) {
	size, kind, err := key.GetValue(name, nil)
	if err != nil {
		return nil, err
	}
	if size > maxText {
		return nil, ErrTooMuch
	}
	switch kind {
	case registry.SZ, registry.EXPAND_SZ:
		text, _, err := key.GetStringValue(name)
		return text, err
	case registry.MULTI_SZ:
		texts, _, err := key.GetStringsValue(name)
		return texts, err
	case registry.DWORD, registry.QWORD:
		n, _, err := key.GetIntegerValue(name)
		return int64(n), err
	default:
		return nil, errors.New("it must be a REG_SZ, REG_MULTI_SZ or REG_DWORD")
	}
}
