package managed

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestFromJSON(t *testing.T) {
	got, err := fromJSON([]byte(`{"mode":"mobility","PayloadUUID":"x","look":{"text":150},"start":{"autostart":true},"profiles":{"live":{"anchors":["/a.pem","/b.pem"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"mode": "mobility", "look": map[string]any{"text": int64(150)}, "start": map[string]any{"autostart": true},
		"profiles": map[string]any{"live": map[string]any{"anchors": []string{"/a.pem", "/b.pem"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestWhatIsNoPolicyIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON": `{`, "null": `{"mode":null}`, "fraction": `{"look":{"text":1.5}}`, "list of numbers": `{"a":[1]}`,
		"deep": strings.Repeat(`{"a":`, 9) + "1" + strings.Repeat("}", 9),
	} {
		if _, err := fromJSON([]byte(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	var many strings.Builder
	for i := range maxValues + 1 {
		fmt.Fprintf(&many, `,"k%d":1`, i)
	}
	if _, err := fromJSON([]byte("{" + many.String()[1:] + "}")); !errors.Is(err, ErrTooMuch) {
		t.Errorf("got %v", err)
	}
}

func TestOver(t *testing.T) {
	below := map[string]any{"mode": "normal", "look": map[string]any{"text": int64(100), "language": "cy"}}
	over(below, map[string]any{"mode": "mobility", "look": map[string]any{"text": int64(200)}})
	want := map[string]any{"mode": "mobility", "look": map[string]any{"text": int64(200), "language": "cy"}}
	if !reflect.DeepEqual(below, want) {
		t.Errorf("got %v", below)
	}
}

// FuzzFromJSON: whatever a profile holds comes out as what settings have, or is refused.
func FuzzFromJSON(f *testing.F) {
	f.Add([]byte(`{"mode":"mobility","look":{"text":150},"a":["b"],"c":true}`))
	f.Add([]byte(`{"PayloadVersion":1,"x":null}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		tree, err := fromJSON(text)
		if err != nil {
			return
		}
		var look func(map[string]any)
		look = func(m map[string]any) {
			for k, v := range m {
				switch v := v.(type) {
				case string, bool, int64, []string:
				case map[string]any:
					look(v)
				default:
					t.Fatalf("%s is a %T", k, v)
				}
			}
		}
		look(tree)
	})
}
