# Thin on purpose: every target calls dev.py, which also works where there is no make.
# ARGS="-k name" is handed on; PORT=, ADMIN_PORT= and every BFF_* reach the command as environment.

PYTHON ?= python3
DEV := $(PYTHON) dev.py

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: setup demo test check codegen baseline lock clean help
export PORT ADMIN_PORT

setup: ## make .venv from requirements.lock (a no-op when it is ready)
	@$(DEV) setup

demo: ## fake services and the BFF, until Ctrl-C; PORT= and ADMIN_PORT= fix the ports
	@$(DEV) demo $(ARGS)

test: ## all tests; ARGS="-k name" goes to pytest
	@$(DEV) test $(ARGS)

check: ## what CI runs: codegen, protos, lint, types, imports, tests
	@$(DEV) check

codegen: ## protos/ -> generated/
	@$(DEV) codegen $(ARGS)

baseline: ## accept today's protos as what `check` compares with
	@$(DEV) baseline

lock: ## write requirements.lock anew (needs uv); ARGS=--upgrade for newer pins
	@$(DEV) lock $(ARGS)

clean: ## remove .venv, caches and build folders
	@$(DEV) clean

help: ## this list
	@sed -n 's/^\([a-z]*\): ## /\1	/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r name says; do printf 'make %-10s %s\n' "$$name" "$$says"; done
