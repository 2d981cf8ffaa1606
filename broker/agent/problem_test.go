package agent

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"lanyard/broker"
	"lanyard/broker/client"
	"lanyard/broker/failure"
	"lanyard/card"
)

func TestProblemOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want failure.Code
	}{
		{nil, ""},
		{&card.PINError{Retries: 2}, failure.PINWrong},
		{&card.PINError{Retries: -1}, failure.PINWrong},
		{&card.PINError{Retries: 1}, failure.PINLast},
		{&card.PINError{Retries: 0}, failure.PINLocked},
		{&card.PUKError{Retries: 4}, failure.PUKWrong},
		{&card.PUKError{Retries: 0}, failure.PUKLocked},
		{fmt.Errorf("verify: %w: %w", card.ErrPINUnknown, card.ErrRemoved), failure.PINUnknown},
		{fmt.Errorf("sign: %w: %w", card.ErrRemoved, card.ErrReset), failure.CardRemoved},
		{fmt.Errorf("%w: %w", card.ErrRemoved, context.Canceled), failure.CardRemoved},
		{fmt.Errorf("%w: %w", ErrStopping, context.Canceled), failure.AgentStopping},
		{context.DeadlineExceeded, failure.CardSlow},
		{errExpired, failure.CardExpired},
		{errNotYet, failure.CardNotYet},
		{errNoUser, failure.CardNoUser},
		{errDemo, failure.ProfileDemo},
		{errNotItsKey, failure.CardOther},
		{&NoSession{Phase: NoCard}, failure.NoSession},
		{&broker.Refusal{Code: failure.UserClosed}, failure.UserClosed},
		{&client.Error{Code: failure.TLSName, Host: "h"}, failure.TLSName},
		{errors.New("a fault of ours"), failure.Internal},
	} {
		if got := ProblemOf(c.err); got.Code != c.want {
			t.Errorf("%v is %s, want %s", c.err, got.Code, c.want)
		}
	}
	p := ProblemOf(fmt.Errorf("x: %w", &broker.Refusal{Code: failure.Internal, Cause: &client.Said{Ref: "ab12"}}))
	if p.Ref != "ab12" {
		t.Errorf("the reference is lost: %+v", p)
	}
}

// TestEveryErrorOfCardHasACode reads the sentinels from the source of package
// card, so that none can be added without a code of its own.
func TestEveryErrorOfCardHasACode(t *testing.T) {
	known := map[string]error{
		"ErrRemoved": card.ErrRemoved, "ErrNoCard": card.ErrNoCard, "ErrNoReader": card.ErrNoReader, "ErrNoService": card.ErrNoService,
		"ErrAccess": card.ErrAccess, "ErrBusy": card.ErrBusy, "ErrReset": card.ErrReset, "ErrMute": card.ErrMute,
		"ErrTimeout": card.ErrTimeout, "ErrUnsupported": card.ErrUnsupported, "ErrOnKeypad": card.ErrOnKeypad, "ErrDamaged": card.ErrDamaged, "ErrNoKey": card.ErrNoKey,
		"ErrNoCert": card.ErrNoCert, "ErrMechanism": card.ErrMechanism, "ErrCancelled": card.ErrCancelled, "ErrPINFormat": card.ErrPINFormat,
		"ErrPINBlocked": card.ErrPINBlocked, "ErrPUKBlocked": card.ErrPUKBlocked, "ErrPINSpent": card.ErrPINSpent,
		"ErrPINUnknown": card.ErrPINUnknown, "ErrModuleMissing": card.ErrModuleMissing, "ErrModuleHung": card.ErrModuleHung,
		"ErrModuleCrashed": card.ErrModuleCrashed,
		"ErrFileDamaged":   card.ErrFileDamaged, "ErrFileCopied": card.ErrFileCopied, "ErrFileDevice": card.ErrFileDevice,
	}
	for _, name := range sentinels(t, filepath.Join("..", "..", "card")) {
		err, ok := known[name]
		if !ok {
			t.Errorf("card.%s is new: give it a code", name)
			continue
		}
		code := ProblemOf(fmt.Errorf("card: %w", err)).Code
		if e, ok := failure.Lookup(code); !ok || code == failure.Internal || e.Text == "" {
			t.Errorf("card.%s has the code %q, which says nothing", name, code)
		}
		if code == failure.UserAbort && name != "ErrCancelled" {
			t.Errorf("card.%s is told as cancelled by the user", name)
		}
	}
}

// sentinels lists the exported error variables of a package.
func sentinels(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					if strings.HasPrefix(id.Name, "Err") {
						names = append(names, id.Name)
					}
				}
			}
			return true
		})
	}
	if len(names) < 20 {
		t.Fatalf("only %d errors found in package card", len(names))
	}
	return names
}

func TestEveryCodeOfTheNetworkIsPlaced(t *testing.T) {
	for _, e := range failure.All() {
		net := strings.HasPrefix(string(e.Code), "NET-") || strings.HasPrefix(string(e.Code), "TLS-") || e.Code == failure.ServerDown
		if unreachable(e.Code) != net {
			t.Errorf("%s: out of reach %v, want %v", e.Code, unreachable(e.Code), net)
		}
	}
}
