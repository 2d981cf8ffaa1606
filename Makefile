# README's two commands are `make run` and `make test`; the rest serves them.
GO        ?= go
BUILD     := .build
BIN       := $(BUILD)/bin
GOFUMPT   := $(BIN)/gofumpt-0.12.0
STATIC    := $(BIN)/staticcheck-0.8.2
MINUTES   ?= 2
export PATH := $(CURDIR)/$(BIN):$(PATH)
# The desk's toolkit: X11 only, no queue for code that predates fyne.Do, and
# names for screen readers (Windows and macOS; Fyne has none on Linux yet).
export GOFLAGS := -tags=x11,migrated_fynedo,accessibility $(GOFLAGS)

.PHONY: run test build lint setup-run setup-test bench fuzz fresh generate clean

# The main job: Identity Server, Identity Agent and a virtual smartcard together.
run: setup-run build
	$(BIN)/lanyard demo

setup-run setup-test: setup-%:
	@packaging/setup.sh $*

build:
	@mkdir -p $(BIN)
	$(GO) build -o $(BIN)/lanyard .
	CGO_ENABLED=0 $(GO) build -o $(BIN)/lanyard-server ./broker/cmd/lanyard-server

$(GOFUMPT):
	@mkdir -p $(BIN)/tool && GOBIN=$(CURDIR)/$(BIN)/tool $(GO) install mvdan.cc/gofumpt@v0.12.0 && mv $(BIN)/tool/gofumpt $@

$(STATIC):
	@mkdir -p $(BIN)/tool && GOBIN=$(CURDIR)/$(BIN)/tool $(GO) install honnef.co/go/tools/cmd/staticcheck@v0.8.2 && mv $(BIN)/tool/staticcheck $@

lint: $(GOFUMPT) $(STATIC)
	.ci/lint $(GOFUMPT) $(STATIC)

# Every test. Nothing is skipped for want of a package.
test:
	@.ci/stage --start
	@.ci/stage install $(MAKE) --no-print-directory setup-test
	@.ci/stage build   $(MAKE) --no-print-directory build
	@.ci/stage lint    $(MAKE) --no-print-directory lint
	@.ci/stage path    .ci/path
	@.ci/stage desk    .ci/desk
	@.ci/stage server  .ci/server
	@.ci/stage --sum

bench: build
	.ci/bench

# Every fuzz target in turn, MINUTES for each.
fuzz:
	.ci/fuzz $(MINUTES)

# Proves the two commands on a bare Debian 12.
fresh:
	.ci/fresh

generate:
	$(GO) generate ./...

clean:
	rm -rf $(BUILD)
