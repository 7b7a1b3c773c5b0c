"""dev.py builds the native codec where it can, says so in one line, and never fails for it."""

from pathlib import Path

import pytest

from tests.house.test_dev import Clone

NO_COMPILER = {"CC": "/no/such/compiler"}
PURE_SERVES = "native codec: no C compiler or Python headers found, the pure engine serves\n"


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with a source to compile."""
    clone = Clone(tmp_path)
    native = clone.root / "bff" / "contract" / "codec" / "native"
    native.mkdir(parents=True)
    (native / "module.c").write_text("int nothing;\n")
    (clone.root / "setup.py").write_text("raise SystemExit('no rule to make it')\n")
    return clone


def test_without_a_compiler_the_pure_engine_serves(clone: Clone) -> None:
    done = clone.run("setup", **NO_COMPILER)

    assert (0, True) == (done.returncode, clone.is_ready())
    assert done.stdout.endswith(PURE_SERVES)


def test_it_is_tried_once(clone: Clone) -> None:
    clone.run("setup", **NO_COMPILER)

    assert "" == clone.run("setup", **NO_COMPILER).stdout


def test_a_source_that_changed_is_a_new_try(clone: Clone) -> None:
    clone.run("setup", **NO_COMPILER)
    (clone.root / "bff" / "contract" / "codec" / "native" / "module.c").write_text("int more;\n")

    assert PURE_SERVES == clone.run("setup", **NO_COMPILER).stdout


def test_a_build_that_fails_is_told_and_fails_nothing(clone: Clone) -> None:
    compiler = clone.tools / "compiler"
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    done = clone.run("setup", CC=str(compiler))

    assert 0 == done.returncode
    assert done.stdout.endswith("native codec: not built (no rule to make it)\n")


def test_an_extension_of_other_sources_is_taken_away(clone: Clone) -> None:
    stale = clone.root / "bff" / "contract" / "codec" / "_native.cpython-311-x.so"
    stale.write_bytes(b"")
    clone.run("setup", **NO_COMPILER)

    assert not stale.exists()
