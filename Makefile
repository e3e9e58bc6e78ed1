# podmedic's commands for people. 'make' alone explains them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
NODES ?=
PODS ?=
REAL_NODE ?=

scripts := Tests/Cluster
cache := $(or $(PODMEDIC_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/podmedic-test)
cluster := $(cache)/cluster
# Release binaries carry Swift's libraries in themselves: they run on machines without Swift.
release := swift build -c release --static-swift-stdlib

# Comparisons with the real scheduler, kubectl drain and the eviction endpoint.
comparisons := ^ClusterTests\.[A-Za-z]*(Differential|SuggestionsApplied|AfterDrain)Tests

.PHONY: help pictures demo build test accuracy differential bench bench-programs lint install setup setup-tests kubernetes cluster-up cluster-down clean

help: ## this list
	@echo "podmedic: troubleshooting Kubernetes in the terminal"
	@echo
	@awk -F ':[^#]*## ' '/^[a-z-]+:[^#]*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'for example  make install PREFIX=$$HOME/.local  or  make cluster-up NODES=200 PODS=10000 REAL_NODE=1'

demo: build ## builds podmedic and opens it on a simulated cluster with everything broken in it
	@"$$($(release) --show-bin-path)/podmedic" demo

build: setup ## builds the release binary
	$(release) --product podmedic

test: setup-tests ## runs every test, those against a real Kubernetes control plane included
	@if command -v apt-get >/dev/null; then \
	  PODMEDIC_KUBERNETES="$$($(scripts)/build)"; PODMEDIC_KUBECTL="$$($(scripts)/fetch-kubectl)"; \
	  export PODMEDIC_KUBERNETES PODMEDIC_KUBECTL; \
	else \
	  echo "No apt here: Kubernetes cannot be built, and the tests against it are skipped"; \
	fi; \
	swift build --build-tests; \
	Tests/run --skip '^ClusterTests\.'; \
	: 'Apart: one real node at a time, since two kubelets share /var/log/pods and clear away logs of pods that they do'; \
	: 'not know; what keeps every processor busy for minutes; what kills servers.'; \
	Tests/run --filter '^ClusterTests\.' --skip '$(comparisons)' --skip '^ClusterTests\.ConvergenceTests'; \
	Tests/run --filter '$(comparisons)'; \
	Tests/run --filter '^ClusterTests\.ConvergenceTests'

accuracy: setup-tests ## measures the diagnosis with the faults, healed twins and decoys of Tests/Accuracy
	@mkdir -p .build; table="$$PWD/.build/accuracy.txt"; log=.build/accuracy.log; status=0; rm -f "$$table"; \
	PODMEDIC_ACCURACY="$$table" swift test --filter '^AccuracyTests\.AccuracyTests/theWholeBank' >"$$log" 2>&1 || status=$$?; \
	if [ -e "$$table" ]; then cat "$$table"; else cat "$$log"; fi; exit $$status

differential: setup-tests ## compares podmedic with the real scheduler (20000 random pods) and kubectl drain (500 nodes) (SEED=, PODS=, DRAINS=)
	PODMEDIC_KUBERNETES="$$($(scripts)/build)" PODMEDIC_DIFFERENTIAL_SEED="$(or $(SEED),1)" \
	  PODMEDIC_DIFFERENTIAL_PODS="$(or $(PODS),20000)" PODMEDIC_DIFFERENCES=.build/differences \
	  swift test --filter '^ClusterTests\.SchedulerDifferentialTests'
	PODMEDIC_KUBERNETES="$$($(scripts)/build)" PODMEDIC_KUBECTL="$$($(scripts)/fetch-kubectl)" \
	  PODMEDIC_DIFFERENTIAL_SEED="$(or $(SEED),1)" PODMEDIC_DRAINS="$(or $(DRAINS),500)" \
	  swift test --skip-build --filter '^ClusterTests\.DrainDifferentialTests'

bench: build setup-tests kubernetes bench-programs ## measures podmedic beside curl and kubectl with 10,000 pods
	PODMEDIC_KUBERNETES="$$($(scripts)/build)" PODMEDIC_KUBECTL="$$($(scripts)/fetch-kubectl)" \
	  PODMEDIC="$$($(release) --show-bin-path)/podmedic" \
	  PODMEDIC_PLACEMENT_BENCH="$$($(release) --show-bin-path)/PlacementBench" Tests/Bench/run

bench-programs:
	$(release) --product PlacementBench

lint: ## checks the format of every Swift file
	swift format lint --strict --recursive Package.swift $(wildcard Sources Tests Plugins Screens Playbooks)

pictures: build ## makes the pictures of the README from the demo cluster
	@podmedic="$$($(release) --show-bin-path)/podmedic" to=Screens/pictures; \
	"$$podmedic" demo --size 118x28 --save-screen $$to/triage.svg; \
	"$$podmedic" demo --size 118x22 --keys ':po<enter>/shop<enter>jjj' --save-screen $$to/pods.svg; \
	"$$podmedic" demo --size 118x30 --keys ':po<enter>/checkout<enter>d' --save-screen $$to/describe.svg; \
	"$$podmedic" demo --size 118x16 --keys ':po<enter>/orders<enter>l' --save-screen $$to/logs.svg

install: build ## installs podmedic, the kubectl plugin and shell completions under PREFIX (default /usr/local)
	@binary="$$($(release) --show-bin-path)/podmedic"; to="$(DESTDIR)$(PREFIX)"; \
	install -d "$$to/bin" "$$to/share/bash-completion/completions" "$$to/share/zsh/site-functions" \
	  "$$to/share/fish/vendor_completions.d"; \
	install -s -m 755 "$$binary" "$$to/bin/podmedic"; \
	ln -sf podmedic "$$to/bin/kubectl-podmedic"; \
	"$$binary" --generate-completion-script bash >"$$to/share/bash-completion/completions/podmedic"; \
	"$$binary" --generate-completion-script zsh >"$$to/share/zsh/site-functions/_podmedic"; \
	"$$binary" --generate-completion-script fish >"$$to/share/fish/vendor_completions.d/podmedic.fish"; \
	echo "installed in $$to"

setup: ## installs what podmedic is built with
	@$(scripts)/setup

setup-tests: ## installs what the tests need besides
	@$(scripts)/setup --tests

kubernetes:
	@$(scripts)/build >/dev/null
	@$(scripts)/fetch-kubectl >/dev/null

cluster-up: setup-tests kubernetes ## starts a real control plane (NODES= and PODS= fake ones in it; REAL_NODE=1 a real node)
	@$(scripts)/up "$(cluster)" >/dev/null
	@if [ -n "$(NODES)$(PODS)" ]; then \
	  $(scripts)/load "$(cluster)" --nodes "$(or $(NODES),5)" --pods "$(or $(PODS),0)"; fi
	@if [ -n "$(REAL_NODE)" ]; then $(scripts)/node "$(cluster)"; fi
	@echo "export KUBECONFIG=$(cluster)/admin.conf"

cluster-down: ## ends it
	@$(scripts)/down "$(cluster)"

clean: ## removes what the build made here; the test cluster's cache stays
	rm -rf .build
