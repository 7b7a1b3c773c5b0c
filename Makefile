# Thin on purpose: every target calls dev.py, which also works where there is no make.
# ARGS="-k name" is handed on; PORT=, ADMIN_PORT= and every BFF_* reach the command as environment.

PYTHON ?= python3
DEV := $(PYTHON) dev.py

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: setup demo test check interop e2e fuzz faults bench bench-quick codegen baseline lock sbom audit clean help
export PORT ADMIN_PORT FUZZ_SECONDS

setup: ## make .venv and the native codec (a no-op when they are ready)
	@$(DEV) setup

demo: ## fake services and the BFF, until Ctrl-C; PORT= and ADMIN_PORT= fix the ports
	@$(DEV) demo $(ARGS)

test: ## all tests; ARGS="-k name" goes to pytest
	@$(DEV) test $(ARGS)

check: ## what CI runs: codegen, protos, lint, types, imports, tests
	@$(DEV) check

interop: ## against grpc-go, grpc-gateway, Envoy, oidc-provider, where each can run
	@$(DEV) interop $(ARGS)

e2e: ## the demo's page in a real Chromium, where one is found
	@$(DEV) e2e $(ARGS)

fuzz: ## what reads strangers' bytes, the native codec under sanitizers; FUZZ_SECONDS=300; ARGS="--help"
	@$(DEV) fuzz $(ARGS)

faults: ## the fault plan -> docs/reliability.md; ARGS="--only F1,F4"; ARGS="--help"
	@$(DEV) faults $(ARGS)

bench: ## the table against peers -> docs/performance.md; ARGS="--help" for parts of it
	@$(DEV) bench $(ARGS)

bench-quick: ## one line of ratios, in less than a minute
	@$(DEV) bench-quick

codegen: ## protos/ -> generated/
	@$(DEV) codegen $(ARGS)

baseline: ## accept today's protos as what `check` compares with
	@$(DEV) baseline

lock: ## write requirements.lock anew (needs uv); ARGS=--upgrade for newer pins
	@$(DEV) lock $(ARGS)

sbom: ## what a served BFF installs -> dist/sbom.cdx.json (CycloneDX)
	@$(DEV) sbom

audit: ## known vulnerabilities of what is locked (needs uv and the network)
	@$(DEV) audit

clean: ## remove .venv, caches and build folders
	@$(DEV) clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\): ## /\1	/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r name says; do printf 'make %-10s %s\n' "$$name" "$$says"; done
