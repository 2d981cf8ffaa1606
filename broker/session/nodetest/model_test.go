package nodetest

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

// TestModel holds the checker to what it must let pass and what it must find.
func TestModel(t *testing.T) {
	type at struct {
		step
		from, to int64
	}
	made := at{step{kind: create}, 0, 1}
	for name, tt := range map[string]struct {
		steps []at
		right bool
	}{
		"a life":                          {[]at{made, {step{kind: look}, 2, 3}, {step{kind: end}, 4, 5}, {step{kind: look, over: true}, 6, 7}}, true},
		"lost":                            {[]at{made, {step{kind: look, over: true}, 2, 3}}, false},
		"served after its end":            {[]at{made, {step{kind: end}, 2, 3}, {step{kind: look}, 4, 5}}, false},
		"served while it ends":            {[]at{made, {step{kind: end}, 2, 6}, {step{kind: look}, 4, 5}}, true},
		"served after it was refused":     {[]at{made, {step{kind: end}, 2, 9}, {step{kind: look, over: true}, 3, 4}, {step{kind: look}, 5, 6}}, false},
		"end of unknown outcome, late":    {[]at{made, {step{kind: end, unknown: true}, 2, openEnd}, {step{kind: look}, 4, 5}, {step{kind: look, over: true}, 6, 7}}, true},
		"end of unknown outcome, undone":  {[]at{made, {step{kind: end, unknown: true}, 2, openEnd}, {step{kind: look, over: true}, 4, 5}, {step{kind: look}, 6, 7}}, false},
		"end of unknown outcome, never":   {[]at{made, {step{kind: end, unknown: true}, 2, openEnd}, {step{kind: look}, 4, 5}}, true},
		"ended twice":                     {[]at{made, {step{kind: end}, 2, 3}, {step{kind: end}, 4, 5}}, false},
		"role seen early":                 {[]at{made, {step{kind: roleBegins, role: "r"}, 2, 9}, {step{kind: roleHolds, role: "r"}, 2, 9}, {step{kind: look, role: "r"}, 3, 4}, {step{kind: look}, 5, 6}}, true},
		"role before, after it was said":  {[]at{made, {step{kind: roleBegins, role: "r"}, 2, 3}, {step{kind: roleHolds, role: "r"}, 2, 3}, {step{kind: look}, 5, 6}}, false},
		"role that nobody selected":       {[]at{made, {step{kind: look, role: "r"}, 2, 3}}, false},
		"role of a session that is ended": {[]at{made, {step{kind: end}, 2, 3}, {step{kind: roleBegins, role: "r"}, 4, 5}, {step{kind: roleHolds, role: "r"}, 4, 5}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var history []porcupine.Operation
			for _, s := range tt.steps {
				history = append(history, porcupine.Operation{Input: s.step, Call: s.from, Return: s.to})
			}
			if got := porcupine.CheckOperations(model(), history); got != tt.right {
				t.Errorf("found right: %v", got)
			}
		})
	}
}
