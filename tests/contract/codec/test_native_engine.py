"""One engine for a process: native where it was built, pure where it was not or is asked for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from bff.contract.codec import Codec
from bff.contract.codec.native_engine import NativePlans, chosen, engine_name
from bff.contract.codec.native_plan import PlanTables
from bff.contract.json_options import JsonLimits, JsonOptions
from bff.terms.errors import ServiceSilent
from tests.contract.codec.engines import NATIVE, PURE, needs_native

ROOT = Path(__file__).parents[3]


@pytest.fixture
def no_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bff.contract.codec._native", None)  # as if it were not there


@needs_native
def test_the_extension_serves_where_it_is() -> None:
    assert ["native", "native"] == [chosen("auto").name, chosen("native").name]


def test_pure_is_a_wish_that_always_comes_true() -> None:
    assert "pure (BFF_CODEC=pure)" == chosen("pure").name


def test_without_the_extension_the_pure_engine_serves(no_extension: None) -> None:
    assert "pure (the extension is not built)" == chosen("auto").name


def test_a_wish_for_an_engine_that_is_not_there_is_one_clear_error(no_extension: None) -> None:
    with pytest.raises(ImportError, match=r"^BFF_CODEC=native, but .* `python3 dev.py setup`"):
        chosen("native")


def test_another_word_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must be auto, pure or native, not 'fast'"):
        chosen("fast")


def test_an_orjson_that_writes_numbers_otherwise_is_not_imitated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(orjson, "dumps", lambda number: b"9")
    assert chosen("auto").name.startswith("pure (orjson ")


@pytest.mark.parametrize("wish", ["pure", "auto"])
def test_the_process_is_told_by_its_environment(wish: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from bff.contract.codec.native_engine import *; print(engine_name())",
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "BFF_CODEC": wish},
    )

    assert chosen(wish).name == done.stdout.strip()


def test_the_engine_in_use_has_a_name() -> None:
    assert engine_name().split()[0] in ("native", "pure")


@pytest.mark.parametrize("engine", [PURE, pytest.param(NATIVE, marks=needs_native)])
def test_a_codec_refuses_alike_with_either_engine(types: Any, engine: Any) -> None:
    """Native code words no error."""
    with pytest.raises(ServiceSilent, match="can't be decoded"):
        Codec(engine=engine).wire_to_json(types.Scalars, b"\xff")


@needs_native
def test_one_plan_serves_all_types_that_it_reaches(types: Any) -> None:
    plans = NativePlans(JsonOptions(), JsonLimits(), NATIVE)
    whole, part = plans.of(types.Everything.DESCRIPTOR), plans.of(types.Tree.DESCRIPTOR)

    assert whole is not None
    assert part is not None
    assert whole[0] is part[0]


@needs_native
def test_a_plan_of_another_version_is_no_plan(types: Any) -> None:
    root = (types.Tree.DESCRIPTOR, None)
    packed = PlanTables(root, JsonOptions(), JsonLimits()).packed()

    for broken in (b"", packed[:-1], packed + b"\0", b"\2" + packed[1:]):
        with pytest.raises(ValueError, match="no plan"):
            NATIVE.native.Plan(broken)


@needs_native
def test_a_plan_cut_off_anywhere_is_no_plan(types: Any) -> None:
    root = (types.Choice.DESCRIPTOR, None)
    packed = PlanTables(root, JsonOptions(), JsonLimits()).packed()

    for end in range(0, len(packed), 7):
        with pytest.raises(ValueError, match="no plan"):
            NATIVE.native.Plan(packed[:end])


@needs_native
def test_an_index_that_no_type_has_is_an_error(types: Any) -> None:
    found = NativePlans(JsonOptions(), JsonLimits(), NATIVE).of(types.Optionals.DESCRIPTOR)
    assert found is not None
    with pytest.raises(IndexError):
        found[0].write(10_000, b"")


def test_a_compiler_that_fails_fails_no_install(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", reason="nothing to build with")
    shutil.copy(ROOT / "setup.py", tmp_path)
    folder = Path("bff", "contract", "codec", "native")
    shutil.copytree(ROOT / folder, tmp_path / folder)
    done = subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "CC": "/bin/false"},
    )

    assert 0 == done.returncode, done.stderr
    assert [] == [path.name for path in (tmp_path / folder.parent).glob("_native*")]
