"""docs/spec/threats.md "supply chain": what is installed is known, whole, and asked about."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chores import environment, supply
from chores.process import Refusal

NOTHING = "No known vulnerabilities found\n"
SOMETHING = "urllib3 1.26.4 PYSEC-2021-108 1.26.5\n"


def test_every_pin_is_in_the_bill_with_all_its_hashes() -> None:
    lock = supply.SERVED.read_text(encoding="utf-8")
    listed: Any = supply.bill_of(lock)["components"]
    hashes = [one["content"] for it in listed for one in it["externalReferences"][0]["hashes"]]
    pins = re.findall(r"^([a-z0-9._-]+)==([^ ]+)", lock, re.MULTILINE)
    assert pins == [(it["name"], it["version"]) for it in listed]
    assert re.findall("--hash=sha256:([0-9a-f]+)", lock) == hashes


def test_the_bill_is_written_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supply, "ROOT", tmp_path)
    monkeypatch.setattr(supply, "SBOM", tmp_path / "dist" / "sbom.cdx.json")
    assert 0 == supply.sbom(())
    written = json.loads(supply.SBOM.read_text(encoding="utf-8"))
    assert ("CycloneDX", "1.6") == (written["bomFormat"], written["specVersion"])


def audited(monkeypatch: pytest.MonkeyPatch, *answers: tuple[int, str]) -> int:
    """What `audit` returns where the auditor says these, one after the other."""
    said = iter(answers)

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        assert "--strict" in command, "what can't be looked up would count as good"
        return subprocess.CompletedProcess(command, *next(said))

    monkeypatch.setattr(supply, "run", run)
    monkeypatch.setattr(supply.shutil, "which", lambda _name: "uv")
    return supply.audit(())


def test_who_knows_no_advisory_at_all_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror has packages and no advisories: pip-audit calls everything good there."""
    with pytest.raises(Refusal, match="no answer"):
        audited(monkeypatch, (0, NOTHING), (0, NOTHING))


@pytest.mark.parametrize("answer", [(0, NOTHING), (1, "jinja2 2.0 PYSEC-2019-217\n")])
def test_who_knows_the_canary_is_asked_for_the_lock(
    answer: tuple[int, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer[0] == audited(monkeypatch, (1, SOMETHING), answer)
    assert answer[1] == capsys.readouterr().out


@pytest.mark.parametrize("install", ["with_uv", "with_pip"])
def test_only_wheels_with_a_hash_are_installed(
    install: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is built on this machine runs its own code while it is installed."""
    asked: list[str] = []

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        asked.append(" ".join(map(str, command)))
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(environment, "run", run)
    getattr(environment, install)()
    assert "--only-binary :all:" in asked[-1]
    assert "--require-hashes" in asked[-1]
