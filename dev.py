#!/usr/bin/env python3
"""Every chore of this repository behind one door: `python3 dev.py COMMAND`.

Why       A fresh clone has Python and nothing else: make, uv and buf are welcome, never needed.
Called by people, the Makefile (a target for each command) and .ci/run.
Never     imports anything outside the standard library; never touches a file outside this folder.
"""

import os
import sys
from collections.abc import Callable, Sequence

if sys.version_info < (3, 11):  # noqa: UP036 - it is there for those who run it with an older one
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(f"dev.py needs Python 3.11 or newer, this is {found}: try make PYTHON=python3.11 ...")

from chores import checking, contract, setting_up, suites, supply
from chores.places import ROOT
from chores.process import Refusal

Run = Callable[[Sequence[str]], int]  # the arguments after the command's name -> the exit status


def commands() -> dict[str, tuple[Run, str]]:
    """Name -> what runs and what `help` says, in its order."""
    return {
        "setup": (
            setting_up.setup,
            "make .venv and the native codec (a no-op when they are ready)",
        ),
        "demo": (suites.demo, "fake services and the BFF, until Ctrl-C"),
        "test": (checking.test, "all tests; arguments go to pytest"),
        "check": (checking.check, "what CI runs: codegen, protos, lint, types, imports, tests"),
        "interop": (
            suites.interop,
            "against grpc-go, grpc-gateway, Envoy, oidc-provider, where each can run",
        ),
        "e2e": (suites.e2e, "the demo's page in a real Chromium, where one is found"),
        "fuzz": (suites.fuzz, "what reads strangers' bytes, for FUZZ_SECONDS=300; --help"),
        "faults": (suites.faults, "the fault plan -> docs/reliability.md; arguments: --help"),
        "bench": (
            suites.bench,
            "the table against peers -> docs/performance.md; arguments: --help",
        ),
        "bench-quick": (suites.bench_quick, "one line of ratios, in less than a minute"),
        "codegen": (contract.codegen, "protos/ -> generated/"),
        "baseline": (contract.baseline, "accept today's protos as what `check` compares with"),
        "lock": (
            supply.lock,
            "write both requirements.lock anew (needs uv); --upgrade for newer pins",
        ),
        "sbom": (supply.sbom, "what a served BFF installs -> dist/sbom.cdx.json (CycloneDX)"),
        "audit": (
            supply.audit,
            "known vulnerabilities of what is locked (needs uv and the network)",
        ),
        "clean": (setting_up.clean, "remove .venv, caches and build folders"),
        "help": (show_help, "this list"),
    }


def main(argv: Sequence[str]) -> int:
    asked, *rest = argv or ["help"]
    command = commands().get("help" if asked in ("-h", "--help") else asked)
    if command is None:
        print(f"dev.py: no command {asked!r}; python3 dev.py help lists them", file=sys.stderr)
        return 2
    os.chdir(ROOT)
    try:
        return command[0](rest)
    except Refusal as refusal:
        print(f"dev.py: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def show_help(_arguments: Sequence[str]) -> int:
    for name, (_, says) in commands().items():
        print(f"python3 dev.py {name:10} {says}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
