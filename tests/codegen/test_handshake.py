"""Generated code of another version is refused at import."""

import subprocess
import sys
from pathlib import Path

import pytest

from bff.codegen import generate
from bff.contract.handshake import CODEGEN_VERSION, StaleGenerated, verify

ROOT = Path(__file__).resolve().parents[2]


def python(code: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter."""
    env = {"PYTHONPATH": ":".join(map(str, (*paths, ROOT)))}
    # -P: the working folder has a `generated` of its own.
    command = [sys.executable, "-P", "-c", code]
    return subprocess.run(command, check=False, env=env, capture_output=True, text=True)


def test_the_same_version_fits() -> None:
    verify(CODEGEN_VERSION)


@pytest.mark.parametrize("found", [0, 2])
def test_another_version_is_refused_with_both_numbers_and_the_remedy(found: int) -> None:
    with pytest.raises(StaleGenerated) as caught:
        verify(found)

    assert (
        f"the generated code has codegen version {found}, this bff needs 1: run `make codegen`"
        == str(caught.value)
    )


def test_a_refusal_is_an_import_error() -> None:
    """So `except ImportError` around an import means what it says."""
    assert issubclass(StaleGenerated, ImportError)


def test_importing_any_module_of_a_stale_package_fails(protos: Path, out: Path) -> None:
    generate(protos, out)
    top = out / "__init__.py"
    top.write_text(top.read_text().replace("CODEGEN_VERSION = 1", "CODEGEN_VERSION = 0"))
    done = python("import generated.codegensample.notes.v1.notes_client", out.parent)

    assert "StaleGenerated: the generated code has codegen version 0" in done.stderr


def test_every_generated_module_can_be_imported_in_a_fresh_interpreter(
    protos: Path, out: Path
) -> None:
    """Imports between generated modules go through the package; none lands at the top level."""
    generate(protos, out)
    code = (
        "import importlib, pkgutil, sys, generated\n"
        "for found in pkgutil.walk_packages(generated.__path__, 'generated.'):\n"
        "    importlib.import_module(found.name)\n"
        "print(sum(name.endswith(('_pb2', '_client')) for name in sys.modules"
        " if name.startswith('generated.')), 'codegensample' in sys.modules)\n"
    )
    done = python(code, out.parent)

    assert ("", "11 False\n") == (done.stderr, done.stdout)


def test_a_message_knows_the_module_that_it_lives_in(sample_package: str) -> None:
    """Pickle and repr rely on it."""
    name = f"{sample_package}.codegensample.basics.v1.basics_pb2"
    module = __import__(name, fromlist=["Note"])

    assert name == module.Note.__module__
